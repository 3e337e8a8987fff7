/**
 * Where a connection tells what it does; n8n's logger fits. Neither bodies nor secrets are ever among it: of a request its
 * method, origin and path, of an answer its status, size and time.
 */
export interface Logger {
	debug(message: string): void;
	warn(message: string): void;
}
