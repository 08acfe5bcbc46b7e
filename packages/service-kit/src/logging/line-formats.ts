import winston from 'winston';

export const LOG_FORMATS = ['json', 'text'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** Turns an entry into its line: an object for programs, or words for people. Either way one line, and nothing but text. */
export function lineFormat(format: LogFormat): winston.Logform.Format {
  return winston.format.combine(format === 'json' ? winston.format.json({ deterministic: false }) : text, inert());
}

/** `2026-11-26T13:49:04.123Z info  ari-worker  Slot ready | app=contactcenter-1 openCalls=0` */
const text = winston.format.printf(({ time, level, service, message, ...fields }) => {
  const shown = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${shownAs(value)}`],
  );
  const said = `${String(time)} ${level.padEnd(5)} ${String(service)}  ${String(message)}`;
  return shown.length === 0 ? said : `${said} | ${shown.join(' ')}`;
});

/** A value that could be taken for something else stands in quotes. */
function shownAs(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=\\|]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}

/** What ends a line, moves a cursor or turns the direction of writing: whoever reads a log must not be played tricks on. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** winston's key for the finished line. */
const LINE = Symbol.for('message');

const inert = winston.format((entry) => {
  entry[LINE] = String(entry[LINE]).replace(ACTIVE, escaped);
  return entry;
});

function escaped(sign: string): string {
  const units = Array.from({ length: sign.length }, (_, at) => sign.charCodeAt(at).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}
