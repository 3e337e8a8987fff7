export { httpBounds, HttpClient } from './client';
export type { HttpClientOptions, HttpRequest, HttpResponse, HttpStream, QueryValue } from './client';
export { createDispatcher, secureContextFor } from './dispatcher';
export type { NetworkOptions } from './dispatcher';
export { HttpError, toHttpError } from './errors';
export type { HttpErrorCode, HttpErrorDetails } from './errors';
export { backoffMs, retryAfterMs, systemClock } from './retry';
export type { Clock } from './retry';
