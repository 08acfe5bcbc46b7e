/** The least length that NIST SP 800-63B-4 would still call sensible for a password used alone, with a margin. */
const MIN_LENGTH = 12;

/** Fewer different characters than this and the length means little. */
const MIN_DISTINCT = 6;

/**
 * What people type when they are asked for a password. Compared without case, digits, punctuation and the usual
 * look-alikes, so that `P@ssw0rd-2026!` is a `password` too.
 */
const COMMON_WORDS = `admin adminadmin administrator asterisk changeit changeme changemenow changethis changethispassword
  contactcenter correcthorsebatterystaple default dialgate example iloveyou letmein letmeinplease login master
  monkey mypassword passphrase password passwordpassword placeholder qwerty qwertyuiop qwertyuiopasdf root
  secret secretpassword supersecret supersecretpassword test testtest thisisapassword welcome yourpassword`;

const COMMON: ReadonlySet<string> = new Set(COMMON_WORDS.split(/\s+/));

/**
 * What makes a password too easy to guess, as a sentence about it, or null when nothing does.
 *
 * @param username whose password it is to be.
 */
export function passwordWeakness(password: string, username: string): string | null {
  if (password.length < MIN_LENGTH) return `it must have at least ${MIN_LENGTH} characters`;
  if (new Set(password).size < MIN_DISTINCT) return `it must have at least ${MIN_DISTINCT} different characters`;
  if (lettersOf(username) !== '' && lettersOf(password) === lettersOf(username)) return 'it must not be the username';
  if (password.toLowerCase().includes(username.toLowerCase()) && password.length < username.length + MIN_LENGTH) {
    return 'it must not be the username with something added';
  }
  if (COMMON.has(lettersOf(password))) return 'it must not be one of the common passwords';
  if (isRun(password)) return 'it must not be a run of neighbouring characters';
  return null;
}

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '@': 'a',
  $: 's',
};

/** The word inside: look-alikes within it turned back, everything before, between and after it dropped. */
function lettersOf(text: string): string {
  const core = text.toLowerCase().replace(/^[^a-z@$]+|(?<=[a-z@$])[^a-z@$]+$/g, '');
  return core.replace(/[01345@$]/g, (sign) => LOOK_ALIKES[sign] ?? '').replace(/[^a-z]/g, '');
}

/** `abcdefghijkl`, `123456789012`, `zyxwvutsrqpo`: most characters follow from the one before. */
function isRun(text: string): boolean {
  let steps = 0;
  for (let i = 1; i < text.length; i++) {
    const step = Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1));
    if (step <= 1 || step === 9) steps++; // 9 to 0 goes round.
  }
  return steps >= (text.length - 1) * 0.7;
}
