import {
  admit,
  calledWithin,
  canonicalNumber,
  judgeNumber,
  judgeSecondNumber,
  type AdmissionFacts,
  type AdmissionPolicy,
  type JudgedCall,
  type NumberPolicy,
  type NumberVerdict,
  type ReadNumber,
  type SecondVerdict,
  type Verdict,
  type ZonedWindow,
} from '@dialgate/domain';

let loading: Promise<{ readonly readNumber: ReadNumber }> | undefined;

/** What is known of the world's numbers is loaded with the first that is read. */
async function numberReader(): Promise<ReadNumber> {
  loading ??= import('../numbers/read-number.js');
  return (await loading).readNumber;
}

/** The decisions of an installation. */
export interface Admission {
  /** Whether the number may be called: see `judgeNumber`. */
  readonly number: (number: string) => Promise<NumberVerdict>;
  /** Whether a call may be connected to this number or extension: see `judgeSecondNumber`. Null for none. */
  readonly second: (connectTo: string | null) => Promise<SecondVerdict | null>;
  /** The hours at which these numbers may be called here; null for any. */
  readonly hours: (mayRing: readonly string[]) => ZonedWindow | null;
  /** Whether the call may be placed: see `admit`. */
  readonly call: (call: JudgedCall, number: NumberVerdict, facts: AdmissionFacts) => Promise<Verdict>;
}

export function createAdmission(policy: AdmissionPolicy): Admission {
  const second = async (connectTo: string | null): Promise<SecondVerdict | null> =>
    connectTo === null ? null : judgeSecondNumber(connectTo, policy, await numberReader());

  return {
    number: (number) => admitNumber(number, policy.numbers),
    second,
    hours: (mayRing) => (policy.window === null ? null : calledWithin(mayRing, policy.window)),
    call: async (call, number, facts) =>
      admit(call, number, facts, policy, await numberReader(), await second(call.connectTo)),
  };
}

export async function admitNumber(number: string, policy: NumberPolicy): Promise<NumberVerdict> {
  return judgeNumber(number, policy, await numberReader());
}

/** How to bring numbers into canonical form: see `canonicalNumber`. */
export async function canonicalNumbers(homeCountry: string | null): Promise<(text: string) => string | null> {
  const read = await numberReader();
  return (text) => canonicalNumber(text, homeCountry, read);
}
