"""`seawall check`: Dockerfiles and Compose files that anybody wrote, judged by the controls that the wizard renders."""
