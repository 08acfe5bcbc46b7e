import { SCOPES, type Scope } from '@dialgate/domain';
import type { SecuritySchemeObject } from 'openapi3-ts/oas31';

const meanings = Object.entries(SCOPES).map(([scope, meaning]) => `- \`${scope}\`: ${meaning}`);

/** How to say who one is. */
export const SECURITY_SCHEMES: Record<string, SecuritySchemeObject> = {
  bearerAuth: {
    type: 'http',
    scheme: 'bearer',
    description: `The \`access_token\` of a login, or an API key (\`dg_…\`). Each operation names the scope that it needs. The token of an operator has all but \`admin\`, that of an admin all; an API key those that it was made with, as far as its user’s role has them.\n\n${meanings.join('\n')}`,
  },
  basicAuth: { type: 'http', scheme: 'basic', description: 'Username and password of an admin; for the board only.' },
};

/** For an operation that needs a scope. */
export function needs(scope: Scope) {
  return { security: [{ bearerAuth: [scope] }] };
}
