/**
 * One priority of an extension: `Wait`, `Playback`, `Hangup`, `Answer`, `Set`, `UserEvent`, `NoOp`, or
 * any other application (a no-op).
 */
export interface DialplanStep {
  readonly app: string;
  /** The application's arguments; `${EXTEN:2}` is replaced by the extension without its first two characters. */
  readonly data: string;
}

/** Context → extension, or a pattern such as `_hc.` → priorities, the first being 1. */
export type Dialplan = Readonly<Record<string, Readonly<Record<string, readonly DialplanStep[]>>>>;

/** Where a channel stands or is sent to. */
export interface DialplanPlace {
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
}

/** The dialplan of the recordings. */
export const DEFAULT_DIALPLAN: Dialplan = {
  'outbound-ivr': {
    s: [
      run('NoOp', 'outbound-ivr s'),
      run('Answer'),
      run('Playback', 'silence/1'),
      run('Wait', '0.5'),
      run('Hangup', '16'),
    ],
    wait: [run('Answer'), run('Wait', '60'), run('Hangup', '16')],
    prio: [
      run('NoOp', 'priority 1'),
      run('NoOp', 'priority 2'),
      run('Answer'),
      run('Wait', '0.5'),
      run('Hangup', '16'),
    ],
    long: [run('Answer'), run('Wait', '600'), run('Hangup', '16')],
    '_hc.': [run('Answer'), run('Wait', '0.3'), run('Hangup', '${EXTEN:2}')],
    showvars: [run('NoOp', 'VARS'), run('Wait', '0.3'), run('Hangup', '16')],
    results: [
      run('Answer'),
      run('Set', 'DG_RESULT=first'),
      run('Set', 'DG_RESULT=second'),
      run('Set', 'UNASKED=nobody asked for this one'),
      run('UserEvent', 'DialgateResult,language: de,choice: 1'),
      run('UserEvent', 'Other,choice: 2'),
      run('Wait', '0.3'),
      run('Hangup', '16'),
    ],
    load: [run('Answer'), run('Wait', '2'), run('Hangup', '16')],
  },
  default: { s: [run('Answer'), run('Wait', '1'), run('Hangup', '16')], h: [run('NoOp', 'default h')] },
  'from-trunk': { '_X.': [run('Hangup', '21')] },
};

/** The priorities of an extension, exact names before patterns as in Asterisk; null if there is no such extension. */
export function findExtension(dialplan: Dialplan, context: string, extension: string): readonly DialplanStep[] | null {
  const extensions = own(dialplan, context);
  if (extensions === null) return null;

  const exact = own(extensions, extension);
  if (exact !== null) return exact;

  const pattern = Object.keys(extensions).find((name) => name.startsWith('_') && patternMatches(name, extension));
  return pattern === undefined ? null : own(extensions, pattern);
}

/** What `DIALPLAN_EXISTS(context,extension,priority)` says; without a priority it is 1. */
export function placeExists(dialplan: Dialplan, { context, extension, priority }: DialplanPlace): boolean {
  const steps = findExtension(dialplan, context, extension);
  return steps !== null && priority >= 1 && priority <= steps.length;
}

/** The step's arguments with the extension filled in. */
export function argumentsOf(step: DialplanStep, extension: string): string {
  return step.data.replace(/\$\{EXTEN:(\d+)\}/g, (_, skipped: string) => extension.slice(Number(skipped)));
}

/** How long (simulated ms) a step holds the channel. */
export function durationMs(step: DialplanStep): number {
  if (step.app === 'Wait') return seconds(step.data);
  if (step.app === 'Playback') return seconds(/^silence\/(\d+)$/.exec(step.data)?.[1] ?? '1');
  return 0;
}

function seconds(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value * 1_000 : 0;
}

/** X, Z and N are digits, `[…]` one of a set, `.` one or more characters, `!` any number of them. */
function patternMatches(pattern: string, extension: string): boolean {
  const expression = pattern
    .slice(1)
    .replace(/[\\^$|+*?(){}/]/g, '\\$&')
    .replace(/\./g, '.+')
    .replace(/!/g, '.*')
    .replace(/X/gi, '[0-9]')
    .replace(/Z/gi, '[1-9]')
    .replace(/N/gi, '[2-9]');
  return new RegExp(`^${expression}$`).test(extension);
}

function run(app: string, data = ''): DialplanStep {
  return { app, data };
}

/** Names come from outside: `constructor` is no context. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}
