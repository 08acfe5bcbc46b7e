export * from './access.js';
export * from './admission/admission-policy.js';
export * from './admission/admit.js';
export * from './admission/allowed-variables.js';
export {
  CALLING_SPAN_RULE,
  isTimeZone,
  parseCallingSpan,
  TIME_ZONE_RULE,
  type CallingSpan,
  type CallingWindow,
} from './admission/calling-window.js';
export { canonicalNumber } from './admission/canonical-number.js';
export * from './admission/judge-number.js';
export * from './admission/number-facts.js';
export * from './admission/number-policy.js';
export * from './admission/ordered-window.js';
export * from './admission/refusal.js';
export * from './admission/second-number.js';
export { knownCountries } from './admission/short-numbers.js';
export { timeZonesOf } from './admission/time-zones.js';
export * from './audit/entry.js';
export * from './audit/events.js';
export * from './audit/flood.js';
export * from './call.js';
export * from './call-results.js';
export * from './call-view.js';
export * from './caller-id.js';
export * from './dialplan.js';
export * from './endpoint.js';
export * from './errors.js';
export * from './events.js';
export * from './failure-reason.js';
export * from './hangup-cause.js';
export * from './limits/call-limits.js';
export * from './limits/judge-limits.js';
export * from './limits/signs-of-fraud.js';
export * from './lost-dial.js';
export * from './orders/next-of-order.js';
export * from './orders/order-view.js';
export * from './orders/retry-order.js';
export * from './outcome.js';
export * from './phone-number.js';
export * from './slot-connection.js';
export * from './status.js';
export * from './transitions.js';
export * from './webhooks/webhook-events.js';
export * from './webhooks/webhook-hosts.js';
export * from './webhooks/webhook-payload.js';
