
   FROM    alpine:3.20     AS    Final   
	RUN	apk add --no-cache	tini
ENTRYPOINT    [   "/sbin/tini"  ,   "--"   ]
	CMD   [ "sleep" , "1d" ]   


