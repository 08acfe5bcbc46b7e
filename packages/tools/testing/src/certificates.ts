import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Files of an authority of our own, and of a server on this machine that it knows. */
export interface Certificates {
  /** The address or name that the server's certificate is for, and no other. */
  readonly host: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority, and a certificate for this address or name that it has signed, good for two days. */
export function makeCertificates(directory: string, host: '127.0.0.1' | 'localhost' = '127.0.0.1'): Certificates {
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=An authority of our own');
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'server.key', '-out', 'server.crt', '-subj', '/CN=server'],
    ...[
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-addext',
      `subjectAltName=${host === 'localhost' ? 'DNS' : 'IP'}:${host}`,
    ],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  const file = (name: string): string => join(directory, name);
  return { host, authority: file('ca.crt'), certificate: file('server.crt'), key: file('server.key') };
}
