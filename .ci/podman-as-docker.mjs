#!/usr/bin/env node
// Listens on a socket as Docker does and hands everything on to Podman's, setting right what Podman 4.3 says otherwise: the id of
// a container's network is the network's name there. Compose takes a running container whose networks have other ids than its
// project's for outdated, so every `up` replaced all of them.
//
//   .ci/podman-as-docker.mjs OWN-SOCKET PODMAN-SOCKET
import { createServer, get, request } from 'node:http';
import { connect } from 'node:net';

const [own, podman] = process.argv.slice(2);
const CONTAINERS = /^(\/v[0-9.]+)?\/containers\/(.+\/)?json(\?|$)/;

const text = async (stream) => Buffer.concat(await stream.toArray()).toString();

/** The ids of all networks by name. */
async function networkIds() {
  const answer = await new Promise((resolve, reject) => {
    get({ socketPath: podman, path: '/v1.40/networks' }, resolve).on('error', reject);
  });
  return new Map(JSON.parse(await text(answer)).map(({ Name, Id }) => [Name, Id]));
}

function withNetworkIds(body, ids) {
  const containers = JSON.parse(body);
  for (const container of [containers].flat()) {
    for (const network of Object.values(container.NetworkSettings?.Networks ?? {})) {
      network.NetworkID = ids.get(network.NetworkID) ?? network.NetworkID;
    }
  }
  return JSON.stringify(containers);
}

async function answer(from, to, path) {
  if (from.statusCode !== 200 || !CONTAINERS.test(path)) {
    to.writeHead(from.statusCode, from.headers);
    to.flushHeaders(); // Logs and events may have nothing to say for a long time.
    from.pipe(to);
    return;
  }
  const body = withNetworkIds(await text(from), await networkIds());
  const { 'transfer-encoding': _, ...headers } = from.headers;
  to.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

const server = createServer((asked, to) => {
  const { method, url: path, headers } = asked;
  const passedOn = request({ socketPath: podman, method, path, headers }, (from) => {
    answer(from, to, path).catch((error) => to.destroy(error));
  });
  passedOn.on('error', (error) => to.destroy(error));
  to.on('close', () => passedOn.destroy());
  asked.pipe(passedOn);
});

// `exec`, `run` and `attach` go on as a plain connection, both ways.
server.on('upgrade', ({ method, url, rawHeaders }, client, head) => {
  const headers = rawHeaders.map((word, i) => (i % 2 ? `${word}\r\n` : `${word}: `)).join('');
  const passedOn = connect({ path: podman, allowHalfOpen: true });
  passedOn.write(`${method} ${url} HTTP/1.1\r\n${headers}\r\n`);
  passedOn.write(head);
  client.allowHalfOpen = true;
  client.pipe(passedOn).pipe(client);
  client.on('error', () => passedOn.destroy());
  passedOn.on('error', () => client.destroy());
});

server.requestTimeout = 0;
server.keepAliveTimeout = 600_000;
server.listen(own);
