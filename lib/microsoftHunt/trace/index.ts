export { MessageTraceClient } from './client';
export { TRACE_PERMISSION, TRACE_SERVICE } from './explain';
export { planMessageTrace, planMessageTraces, TRACE_LANGUAGE, TRACE_STATUSES } from './language';
export { forgetPaces } from './pace';
export { filtersOf } from './read';
export type { TraceFields } from './search';
