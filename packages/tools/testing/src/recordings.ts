import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a real Asterisk 22 said during one call, recorded once (style D: create, dial, continue). */
export interface Recording {
  readonly header: RecordingHeader;
  /** In the order in which they were seen; `t` is milliseconds since the start. */
  readonly entries: readonly RecordingEntry[];
}

export interface RecordingHeader {
  readonly scenario: string;
  readonly endpoint: string;
  /** Ring timeout in seconds. */
  readonly timeout: number;
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
  /** When and how the recording client sent DELETE, or null. */
  readonly cancel: {
    readonly ms?: number;
    readonly on?: string;
    readonly after?: number;
    readonly params: object;
  } | null;
  readonly expected_final_status: string;
  readonly app: string;
  readonly channelId: string;
}

export type RecordingEntry =
  | {
      readonly t: number;
      readonly _: 'http';
      readonly method: string;
      readonly url: string;
      readonly params?: Readonly<Record<string, string | number>>;
      readonly data?: unknown;
      readonly status: number;
      readonly body?: unknown;
    }
  | {
      readonly t: number;
      readonly _: 'event';
      readonly event: Readonly<Record<string, unknown>> & { readonly type: string };
    }
  | { readonly t: number; readonly _: 'ws-close' | 'note' };

const DIRECTORY = fileURLToPath(new URL('../recordings', import.meta.url));

/** All recordings, by name. */
export function readRecordings(): Recording[] {
  const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.jsonl'));
  return files.sort().map((name) => {
    const lines = readFileSync(`${DIRECTORY}/${name}`, 'utf8').trim().split('\n');
    const [header, ...entries] = lines.map((text) => JSON.parse(text) as unknown);
    return { header: header as RecordingHeader, entries: entries as RecordingEntry[] };
  });
}
