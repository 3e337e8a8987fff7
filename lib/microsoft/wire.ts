import type { HttpError } from '../http';
import { MicrosoftError, type MicrosoftErrorCode } from './errors';

const CODES: Partial<Record<HttpError['code'], MicrosoftErrorCode>> = {
	HTTP_TLS: 'MICROSOFT_TLS',
	HTTP_TIMEOUT: 'MICROSOFT_TIMEOUT',
	HTTP_PROXY: 'MICROSOFT_PROXY',
	HTTP_CONFIGURATION: 'MICROSOFT_CONFIGURATION',
	HTTP_FORBIDDEN_ADDRESS: 'MICROSOFT_CONFIGURATION',
	HTTP_ABORTED: 'MICROSOFT_TIMEOUT',
};

/** The error of a request to Entra or Graph that got no answer. `host` is the origin that was asked. */
export function fromWire(error: HttpError, host: string): MicrosoftError {
	return new MicrosoftError(
		CODES[error.code] ?? 'MICROSOFT_UNREACHABLE',
		`${host} cannot be reached: ${error.message}`,
		{
			cause: error,
			...(error.hint === undefined ? {} : { hint: error.hint }),
		},
	);
}
