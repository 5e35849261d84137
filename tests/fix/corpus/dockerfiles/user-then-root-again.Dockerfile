FROM jupyter/scipy-notebook:2024-05-27
USER root
RUN apt-get update && apt-get install -y graphviz
USER $NB_UID
RUN pip install graphviz
USER root
RUN fix-permissions /home/jovyan
