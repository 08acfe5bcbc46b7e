import { between, chance, type Random } from './random.js';
import type { Scheduler, SimProcess } from './scheduler.js';
import type { Trace } from './trace.js';

/** How long messages take in a scenario. */
export type Mood = 'calm' | 'jittery' | 'slow';

/**
 * What becomes of a request. `slow`: it is answered after seconds. `late`: its sender gives up, and then it is carried out
 * all the same.
 */
export type Fate = 'fine' | 'request_lost' | 'reply_lost' | 'slow' | 'late';

/** The far end of requests: it can go away, and what is under way to or from it then is lost. */
export interface Service {
  readonly name: 'asterisk' | 'database';
  away: boolean;
  /** Counts the outages. */
  outages: number;
  /** Requests that will still be carried out and matter. */
  underWay: number;
  /** What will happen to the next requests that matter, ahead of all noise. */
  readonly nextFates: Fate[];
}

export interface Request<Answer> {
  readonly label: string;
  /** Whether it is about a call, rather than housekeeping: faults strike only these by name. */
  readonly matters: boolean;
  readonly timeoutMs: number;
  /** What the service does, in one piece. */
  readonly execute: () => Answer;
  /** What the sender sees when nobody was there to take the request. May throw. */
  readonly notTaken: () => Answer;
  /** What the sender sees when no answer came. May throw. */
  readonly noAnswer: (why: 'ETIMEDOUT' | 'ECONNRESET') => Answer;
}

export interface Network {
  readonly send: <Answer>(process: SimProcess, service: Service, request: Request<Answer>) => Promise<Answer>;
  readonly latencyMs: () => number;
  /**
   * For so long nothing gets through between this process and the service, and neither hears that: what is on its way or
   * sent meanwhile is lost, or arrives when it is repeated after the cut. Everybody else goes on.
   */
  readonly cutOff: (process: SimProcess, service: Service, forMs: number) => void;
  /** From now on nothing is lost and nothing is slow. */
  readonly heal: () => void;
}

/** How slow a request may be that is still answered in time. */
const SLOW_MS = [2_000, 4_500] as const;

/** How late a request that its sender has given up may still be carried out. */
const LATEST_MS = 12_000;

/** TCP repeats what nobody acknowledged after so long, then after twice as long, and so on, though its sender be gone. */
const FIRST_REPEAT_MS = [200, 400] as const;

/** A process that a service cannot hear, nor it the service. */
interface Cut {
  readonly process: SimProcess;
  readonly service: Service;
  /** What will get through some time after the cut. */
  readonly waiting: { readonly sentAt: number; readonly arrive: () => void }[];
}

export function openNetwork(options: {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly mood: Mood;
  /** How often a request that matters meets another fate than `fine`. */
  readonly lossy: number;
  /** Called whenever something that matters has happened. */
  readonly onStep: () => void;
}): Network {
  const { scheduler, random, trace, onStep } = options;
  let { mood, lossy } = options;
  let cuts: Cut[] = [];

  function latencyMs(): number {
    const luck = random();
    switch (mood) {
      case 'calm':
        return 0.1 + luck * 3;
      case 'jittery':
        return luck < 0.9 ? luck * 20 : between(random, 20, 900);
      case 'slow':
        return luck < 0.95 ? 5 + luck * 300 : between(random, 300, 7_000);
    }
  }

  function fateOf(service: Service, { matters }: { readonly matters: boolean }): Fate {
    const fate = matters ? service.nextFates.shift() : undefined;
    if (fate !== undefined) return fate;
    if (!chance(random, matters ? lossy : lossy / 4)) return 'fine';
    const luck = random();
    if (luck < 0.3) return 'request_lost';
    return luck < 0.8 ? 'reply_lost' : 'late';
  }

  function travelMs(fate: Fate): number {
    if (fate === 'late') return between(random, 1, LATEST_MS);
    return fate === 'slow' ? between(random, ...SLOW_MS) : latencyMs();
  }

  function cutBetween(process: SimProcess, service: Service): Cut | undefined {
    return cuts.find((cut) => cut.process === process && cut.service === service);
  }

  function cutOff(process: SimProcess, service: Service, forMs: number): void {
    if (cutBetween(process, service) !== undefined) return;
    if (trace.on) trace.say(`${process.name} is cut off from the ${service.name} for ${Math.round(forMs)} ms`);
    const cut: Cut = { process, service, waiting: [] };
    cuts.push(cut);
    scheduler.after(forMs, null, () => mend(cut));
  }

  function mend(cut: Cut): void {
    if (!cuts.includes(cut)) return;
    cuts = cuts.filter((other) => other !== cut);
    if (trace.on) trace.say(`${cut.process.name} reaches the ${cut.service.name} again`);
    for (const { sentAt, arrive } of cut.waiting) {
      const agoMs = scheduler.now() - sentAt;
      let repeatMs = between(random, ...FIRST_REPEAT_MS);
      let repeatedAfterMs = repeatMs;
      while (repeatedAfterMs < agoMs) repeatedAfterMs += repeatMs *= 2;
      scheduler.after(repeatedAfterMs - agoMs, null, arrive);
    }
  }

  /** @returns whether what has met the cut will still arrive. */
  function waitsBehind(cut: Cut, message: string | null, arrive: () => void): boolean {
    const waits = chance(random, 0.5);
    if (trace.on && message !== null) trace.say(`${message} ${waits ? 'waits behind' : 'is lost in'} the cut`);
    if (waits) cut.waiting.push({ sentAt: scheduler.now(), arrive });
    return waits;
  }

  function send<Answer>(process: SimProcess, service: Service, request: Request<Answer>): Promise<Answer> {
    const { label, matters, timeoutMs } = request;
    const fate = fateOf(service, request);
    const { outages } = service;
    const thereMs = travelMs(fate);
    const backMs = latencyMs();
    if (trace.on && matters)
      trace.say(`${process.name} → ${service.name}: ${label}${fate === 'fine' ? '' : ` [${fate}]`}`);

    return new Promise((resolve, reject) => {
      const timeoutAt = scheduler.now() + timeoutMs;
      let settled = false;
      const settle = (afterMs: number, said: string, answer: () => Answer): void => {
        scheduler.after(afterMs, process, () => conclude(said, answer));
      };
      const timeOut = (): void => {
        settle(timeoutAt - scheduler.now(), 'timed out', () => request.noAnswer('ETIMEDOUT'));
      };
      const giveUp = (afterMs: number): void => {
        const reset = chance(random, 0.5);
        const untilMs = Math.max(0, reset ? Math.min(afterMs + latencyMs(), timeoutMs) : timeoutMs);
        settle(untilMs, 'no answer', () => request.noAnswer(reset ? 'ECONNRESET' : 'ETIMEDOUT'));
      };

      if (fate === 'request_lost') {
        giveUp(0);
        return;
      }
      if (fate === 'late') giveUp(Math.min(thereMs, timeoutMs) * random());
      else if (thereMs + backMs > timeoutMs) timeOut();

      service.underWay++;
      scheduler.after(thereMs, null, arrive);

      function arrive(): void {
        const cut = cutBetween(process, service);
        if (cut !== undefined) {
          const waits = waitsBehind(cut, matters ? `${label} of ${process.name}` : null, arrive);
          if (!waits) service.underWay--;
          timeOut();
          return;
        }
        service.underWay--;
        if (service.away || service.outages !== outages) {
          // Sent while it was up, it broke on the way; sent afterwards, nobody took it.
          const broke = service.outages !== outages;
          bringBack(backMs, broke ? 'broken' : 'not taken', () =>
            broke ? request.noAnswer('ECONNRESET') : request.notTaken(),
          );
          return;
        }
        const answer = outcomeOf(request.execute);
        if (matters) onStep();
        if (trace.on && matters) trace.say(`${service.name} does ${label} of ${process.name}: ${answer.said}`);
        if (fate === 'reply_lost') {
          giveUp(0);
          return;
        }
        bringBack(backMs, answer.said, () =>
          service.outages === outages ? answer.get() : request.noAnswer('ECONNRESET'),
        );
      }

      function bringBack(afterMs: number, said: string, answer: () => Answer): void {
        scheduler.after(afterMs, process, () => {
          const cut = settled ? undefined : cutBetween(process, service);
          if (cut === undefined) {
            conclude(said, answer);
            return;
          }
          waitsBehind(cut, matters ? `the answer to ${label} of ${process.name}` : null, () =>
            bringBack(0, said, answer),
          );
          timeOut();
        });
      }

      function conclude(said: string, answer: () => Answer): void {
        if (settled) return;
        settled = true;
        if (matters) onStep();
        if (trace.on && matters) trace.say(`${process.name} ← ${service.name}: ${label}: ${said}`);
        try {
          resolve(answer());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }
    });
  }

  return {
    send,
    latencyMs,
    cutOff,
    heal: () => {
      for (const cut of cuts) mend(cut);
      mood = 'calm';
      lossy = 0;
    },
  };
}

/** Runs it and keeps what came of it, a value or an error, until it is asked for. */
function outcomeOf<Answer>(work: () => Answer): { readonly said: string; readonly get: () => Answer } {
  try {
    const answer = work();
    return { said: shown(answer), get: () => answer };
  } catch (error) {
    return {
      said: String(error),
      get: () => {
        throw error;
      },
    };
  }
}

function shown(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  if ('kind' in answer) return `${String(answer.kind)}${'status' in answer ? ` ${String(answer.status)}` : ''}`;
  if ('outcome' in answer) return String(answer.outcome);
  if ('status' in answer) return String(answer.status);
  return 'done';
}
