export { createDialgateClient, type DialgateClient, type DialgateClientOptions } from './client.js';
export { DialgateApiError, NoAnswerError, WaitTimeoutError } from './errors.js';
export { verifyWebhook, WebhookVerificationError, type CallEvent, type WebhookEvent } from './verify-webhook.js';
export type { StreamedEntry } from './stream-call.js';
export type { AcceptedCall, Call, CallRequest, CallStatus, CurrentCall, Problem } from './api-types.js';
export type { paths } from './generated/api.js';
