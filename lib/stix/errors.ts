import { EmailIntelError, type ErrorDetails } from '../errors';

/**
 * - `STIX_OPTION_INVALID`: an option that no bundle can be made with.
 * - `STIX_PROPERTY_UNKNOWN`: a type or a property that {@link PROPERTY_TABLES} do not list; it would be lost in silence.
 */
export type StixErrorCode = 'STIX_OPTION_INVALID' | 'STIX_PROPERTY_UNKNOWN';

/** What went wrong while making STIX objects. */
export class StixError extends EmailIntelError {
	declare readonly code: StixErrorCode;

	constructor(code: StixErrorCode, message: string, details?: ErrorDetails) {
		super(code, message, details);
	}
}
