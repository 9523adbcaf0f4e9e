# Packages come from wherever the builder's pip is pointed; their hashes must match the lock.
FROM python:3.13-slim-trixie

# 127.0.0.1, the default, would be the container talking to itself.
ENV CHECKPOINT_HOST=0.0.0.0 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PYTHONUNBUFFERED=1

WORKDIR /app

# Before the sources, so that a change of ours does not install everything again.
COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes --requirement requirements/run.txt

# In place, because the migrations stand beside the package, not in it.
COPY pyproject.toml README.md alembic.ini ./
COPY migrations migrations
COPY src src
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q src \
    && useradd --system --uid 10001 --no-create-home checkpoint \
    && install --directory --owner=10001 --mode=700 /extracts

# What /info answers; last, because it changes with every build.
ARG GIT_REF=unknown
ENV CHECKPOINT_GIT_REF=$GIT_REF

# The files above belong to root: the service can read itself and change nothing. It writes
# packages of extracts alone: a volume that is mounted there is its own too.
USER 10001
EXPOSE 8000
CMD ["checkpoint", "serve"]
