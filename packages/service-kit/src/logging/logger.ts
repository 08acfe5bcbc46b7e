import winston from 'winston';
import { lineFormat, type LogFormat } from './line-formats.js';
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

/** One line per thing that happened, on standard output. Secrets never get through; see redaction.ts. */
export function openLog(options: {
  readonly service: string;
  readonly level: LogLevel;
  /** `text` on a terminal and `json` elsewhere, if absent. */
  readonly format?: LogFormat | undefined;
  /** Write phone numbers in full instead of their last three digits. */
  readonly fullNumbers: boolean;
  /** Where the lines go; standard output if absent. */
  readonly stream?: NodeJS.WritableStream;
}): Logger {
  const stream = options.stream ?? process.stdout;
  const isTerminal = (stream as { isTTY?: boolean }).isTTY ?? false;
  stream.on('error', () => undefined); // Nobody reads it any more: that is no reason to stop working.
  const sink = winston.createLogger({
    level: options.level,
    format: lineFormat(options.format ?? (isTerminal ? 'text' : 'json')),
    transports: [new winston.transports.Stream({ stream })],
  });

  function loggerWith(bound: Fields): Logger {
    const write =
      (level: LogLevel): Write =>
      (fields, message) => {
        if (!sink.isLevelEnabled(level)) return;
        const shown = redacted({ ...bound, ...fields }, options.fullNumbers) as Fields;
        sink.log(Object.assign({ time: new Date().toISOString(), level, message }, shown));
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
