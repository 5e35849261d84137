# escape=`
# The next line is a comment that ends with a backtick `

FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Invoke-WebRequest -Uri https://example.com/x.zip -OutFile C:\x.zip ; `
    # unpacked at once
    Expand-Archive C:\x.zip -DestinationPath C:\app\
WORKDIR C:\app
COPY . C:\app\
USER ContainerUser
CMD ["C:\\app\\run.exe"]
