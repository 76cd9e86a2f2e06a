# The image that the stacks run: `freshet` with one app. docs/aws.md says how to build it for an app of one's own.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
ARG APP=examples/news/freshet.config.ts
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=root:root /build /app
COPY --chown=root:root ${APP} /app/freshet.config.ts
# Scratch files lie here; a task mounts a volume over it, which takes this owner.
RUN mkdir /var/freshet && chown node:node /var/freshet
VOLUME /var/freshet
USER node
EXPOSE 4600
ENTRYPOINT ["node", "/app/cli/bin/freshet.js"]
CMD ["--help"]
