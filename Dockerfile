# The service alone: PostgreSQL and Redis are named by BANKER_DATABASE_URL and BANKER_REDIS_URL.
FROM python:3.12-slim

RUN useradd --system --create-home --uid 10001 banker
WORKDIR /srv/banker

COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY banker banker
COPY sql sql
COPY static static
COPY templates templates

USER banker
ENV PYTHONUNBUFFERED=1 \
    BANKER_HOST=0.0.0.0 \
    BANKER_PORT=8000 \
    BANKER_DATA=/home/banker/data
VOLUME /home/banker/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["python", "-m", "banker", "serve"]
