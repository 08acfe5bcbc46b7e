import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Files of an authority of our own, and of a server on 127.0.0.1 that it knows. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority, and a certificate for 127.0.0.1 that it has signed, good for two days. */
export function makeCertificates(directory: string): Certificates {
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=An authority of our own');
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'server.key', '-out', 'server.crt', '-subj', '/CN=server'],
    ...['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  const file = (name: string): string => join(directory, name);
  return { authority: file('ca.crt'), certificate: file('server.crt'), key: file('server.key') };
}
