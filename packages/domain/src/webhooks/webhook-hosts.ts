/** How an entry of a list of hosts is written: a name, `*.` and a name for all below it, an address, or a star. */
export const WEBHOOK_HOST = /^(?:\*|(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])$/;

export const WEBHOOK_HOST_RULE = 'must be a host in lower case such as crm.example.com, *.example.com, or *';

/**
 * Whether calls may be reported to a host. A star allows every one, `*.example.com` every one below example.com and not itself.
 *
 * @param host as URLs have it (`hostname`): lower case, an IPv6 address in brackets.
 */
export function allowsWebhookHost(list: readonly string[], host: string): boolean {
  return list.some((entry) =>
    entry.startsWith('*') ? host.endsWith(entry.slice(1)) && host.length >= entry.length : entry === host,
  );
}
