/** What a bearer may be allowed to do, and what that opens. Each route of the API needs one of these, or none. */
export const SCOPES = {
  'calls:create': 'Ask for calls.',
  'calls:read': 'See what became of calls: one’s own, with `admin` everybody’s.',
  'calls:cancel': 'Cancel and hang up calls: one’s own, with `admin` everybody’s.',
  'webhooks:manage': 'Say where one’s own calls are reported to, with `admin` everybody’s.',
  admin: 'Everybody’s calls, everybody’s API keys, the queues, the details of `/health`.',
} as const;

export type Scope = keyof typeof SCOPES;

export const USER_ROLES = ['admin', 'operator'] as const;

export type UserRole = (typeof USER_ROLES)[number];

/** The one table of who may do what. */
const SCOPES_OF_ROLE: Readonly<Record<UserRole, readonly Scope[]>> = {
  admin: ['calls:create', 'calls:read', 'calls:cancel', 'webhooks:manage', 'admin'],
  operator: ['calls:create', 'calls:read', 'calls:cancel', 'webhooks:manage'],
};

/** The scopes of a role; none for a role that this version does not know, and for none at all. */
export function scopesOfRole(role: string | null | undefined): readonly Scope[] {
  return isRole(role) ? SCOPES_OF_ROLE[role] : [];
}

/**
 * What an API key may do now: what it was made for, as far as its user's role still has it. Words that are no scopes are
 * nothing.
 */
export function scopesOfKey(role: string | null | undefined, granted: readonly string[]): readonly Scope[] {
  return scopesOfRole(role).filter((scope) => granted.includes(scope));
}

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

function isRole(text: string | null | undefined): text is UserRole {
  return USER_ROLES.some((role) => role === text);
}
