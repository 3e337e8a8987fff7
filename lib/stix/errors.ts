import { EmailIntelError, type ErrorDetails } from '../errors';

/** `STIX_OPTION_INVALID`: an option that no bundle can be made with. `STIX_TIMESTAMP_INVALID`: a time that is none. */
export type StixErrorCode = 'STIX_OPTION_INVALID' | 'STIX_TIMESTAMP_INVALID';

/** What went wrong while making STIX objects. */
export class StixError extends EmailIntelError {
	declare readonly code: StixErrorCode;

	constructor(code: StixErrorCode, message: string, details?: ErrorDetails) {
		super(code, message, details);
	}
}
