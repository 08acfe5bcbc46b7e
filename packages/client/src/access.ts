/** How the client says who it is. */
export type Credentials =
  | { readonly apiKey: string }
  | { readonly token: string }
  | { readonly login: { readonly username: string; readonly password: string } };

/** A token and how long it is good for, in milliseconds. */
export interface FreshToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

/** What is sent as `Authorization: Bearer …`. */
export interface Access {
  readonly token: () => Promise<string>;
  /** The gateway does not take it any more. @returns whether there may be another one now. */
  readonly refused: () => boolean;
}

/** A token is renewed when this much of its life is over: never in the middle of a request. */
const RENEW_AT = 0.8;

/** @param logIn asks for a token. @param now milliseconds on a clock that never goes back. */
export function createAccess(
  credentials: Credentials,
  logIn: (login: { readonly username: string; readonly password: string }) => Promise<FreshToken>,
  now: () => number,
): Access {
  if (!('login' in credentials)) {
    const token = 'apiKey' in credentials ? credentials.apiKey : credentials.token;
    return { token: () => Promise.resolve(token), refused: () => false };
  }
  let held: { readonly token: string; readonly until: number } | null = null;
  let asking: Promise<string> | null = null;

  async function ask(login: { readonly username: string; readonly password: string }): Promise<string> {
    const asked = now();
    const { token, lifetimeMs } = await logIn(login);
    held = { token, until: asked + lifetimeMs * RENEW_AT };
    return token;
  }

  return {
    token: async () => {
      if (held !== null && now() < held.until) return held.token;
      // Many requests share one login.
      asking ??= ask(credentials.login).finally(() => (asking = null));
      return asking;
    },
    refused: () => {
      held = null;
      return true;
    },
  };
}
