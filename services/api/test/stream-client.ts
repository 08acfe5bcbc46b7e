import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface StreamedEntry {
  readonly id: string;
  readonly call_id: string;
  readonly event: string;
  readonly status: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A stream as a client reads it that keeps to the standard (WHATWG HTML §9.2). */
export interface OpenedStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly entries: StreamedEntry[];
  /** Why it ended, as its `end` event said; null without one. */
  readonly reason: () => string | null;
  /** As an EventSource would send it when it comes back. */
  readonly lastEventId: () => string;
  /** What it was told to wait before it comes back, in milliseconds. */
  readonly retry: () => number | null;
  readonly beats: () => number;
  readonly isOver: () => boolean;
  /** Everything that came. */
  readonly text: () => string;
  readonly response: IncomingMessage;
  /** Cuts the connection, whatever is under way. */
  readonly cut: () => void;
}

export function openStream(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  onEntry: (entry: StreamedEntry) => void = () => undefined,
): Promise<OpenedStream> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, headers });
    sent.on('error', reject);
    sent.once('response', (response) => {
      const entries: StreamedEntry[] = [];
      const seen = { reason: null as string | null, id: '', retry: null as number | null, beats: 0, over: false };
      let text = '';
      let rest = '';
      const read = (frame: string): void => {
        const fields = frame.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*: ?/, '')]);
        const value = (name: string) => fields.find(([field]) => field === name)?.[1];
        if (fields.some(([field]) => field === '')) seen.beats += 1;
        seen.id = value('id') ?? seen.id;
        if (value('retry') !== undefined) seen.retry = Number(value('retry'));
        const data = value('data');
        if (data === undefined) return;
        if (value('event') === 'end') seen.reason = (JSON.parse(data) as { reason: string }).reason;
        else {
          const entry = JSON.parse(data) as StreamedEntry;
          entries.push(entry);
          onEntry(entry);
        }
      };
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const frames = (rest + chunk).split('\n\n');
        rest = frames.pop() ?? '';
        frames.forEach(read);
      });
      response.on('error', () => undefined); // It was cut.
      response.once('close', () => (seen.over = true));
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        entries,
        response,
        reason: () => seen.reason,
        lastEventId: () => seen.id,
        retry: () => seen.retry,
        beats: () => seen.beats,
        isOver: () => seen.over,
        text: () => text,
        cut: () => response.destroy(),
      });
    });
    sent.end();
  });
}
