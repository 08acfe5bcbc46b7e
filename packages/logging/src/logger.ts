import winston from 'winston';
import { redacted } from './redaction.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

type Fields = Readonly<Record<string, unknown>>;
type Write = (fields: Fields, message: string) => void;

/** Fields first, then three or four constant words, so that an operator can grep for them. */
export interface Logger {
  readonly error: Write;
  readonly warn: Write;
  readonly info: Write;
  readonly debug: Write;
  /** A logger that adds these fields to every line. */
  readonly with: (fields: Fields) => Logger;
}

/**
 * One JSON line per event on standard output: `{time, level, service, message, …fields}`. On a terminal the same,
 * readable. Secrets never get through; see redaction.ts.
 */
export function openLog(options: {
  readonly service: string;
  readonly level: LogLevel;
  /** Write phone numbers in full instead of their last three digits. */
  readonly fullNumbers: boolean;
  /** Where the lines go; standard output if absent. */
  readonly stream?: NodeJS.WritableStream;
}): Logger {
  const stream = options.stream ?? process.stdout;
  const pretty = (stream as { isTTY?: boolean }).isTTY ?? false;
  stream.on('error', () => undefined); // Nobody reads it any more: that is no reason to stop working.
  const sink = winston.createLogger({
    level: options.level,
    format: winston.format.printf((info) => String(info.message)),
    transports: [new winston.transports.Stream({ stream })],
  });

  function loggerWith(bound: Fields): Logger {
    const write =
      (level: LogLevel): Write =>
      (fields, message) => {
        if (!sink.isLevelEnabled(level)) return;
        const time = new Date().toISOString();
        const shown = redacted({ ...bound, ...fields }, options.fullNumbers) as Fields;
        sink.log(level, pretty ? readable(time, level, message, shown) : line({ time, level, message, ...shown }));
      };
    return {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      with: (fields) => loggerWith({ ...bound, ...fields }),
    };
  }

  return loggerWith({ service: options.service });
}

/** A log that keeps nothing, for code that is used outside a service. */
export const silentLog: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  with: () => silentLog,
};

function line(entry: Fields): string {
  return JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

function readable(time: string, level: LogLevel, message: string, fields: Fields): string {
  const shown = Object.entries(fields).map(([key, value]) => {
    return `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${message}  ${shown.join(' ')}`;
}
