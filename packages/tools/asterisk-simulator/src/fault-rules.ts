import type { Random } from './random.js';

/** When a fault strikes. */
export interface FaultRule<Subject, Fault> {
  readonly fault: Fault;
  /** What it may strike; without it, everything. */
  readonly when?: (subject: Subject) => boolean;
  /** How often it strikes before it is spent; `Infinity` for always. Default 1. */
  readonly times?: number;
  /** The chance (0–1) that it strikes a matching subject, by the simulator's seed. Default 1. */
  readonly probability?: number;
}

/** A fault that was laid. */
export interface LaidFault {
  /** How often it has struck. */
  hits(): number;
  /** Takes it away; it may have struck already. */
  remove(): void;
}

/** The laid faults of one kind, oldest first: the first that strikes wins. */
export interface FaultRules<Subject, Fault> {
  lay(rule: FaultRule<Subject, Fault>): LaidFault;
  /** The fault that strikes this subject now, or null. */
  strike(subject: Subject): Fault | null;
  any(): boolean;
  clear(): void;
}

/** An empty set of rules. */
export function createFaultRules<Subject, Fault>(random: Random): FaultRules<Subject, Fault> {
  const laid = new Set<{ rule: FaultRule<Subject, Fault>; hits: number }>();

  return {
    lay(rule) {
      const entry = { rule, hits: 0 };
      laid.add(entry);
      return { hits: () => entry.hits, remove: () => void laid.delete(entry) };
    },
    strike(subject) {
      for (const entry of laid) {
        const { when, times = 1, probability = 1, fault } = entry.rule;
        if (when !== undefined && !when(subject)) continue;
        if (probability < 1 && random() >= probability) continue;
        entry.hits += 1;
        if (entry.hits >= times) laid.delete(entry);
        return fault;
      }
      return null;
    },
    any: () => laid.size > 0,
    clear: () => laid.clear(),
  };
}
