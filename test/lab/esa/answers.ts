/** A refusal in the appliance's envelope. */
export class LabError extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}

	body(): string {
		const reason = REASONS[this.status] ?? 'Server got itself in trouble';
		return JSON.stringify({
			error: { message: this.message, code: String(this.status), explanation: `${this.status} = ${reason}.` },
		});
	}
}

/** The words of Python's BaseHTTPServer, which AsyncOS repeats. */
const REASONS: Record<number, string> = {
	400: 'Bad request syntax or unsupported method',
	401: 'No permission -- see authorization schemes',
	403: 'Request forbidden -- authorization will not help',
	404: 'Nothing matches the given URI',
	405: 'Specified method is invalid for this resource',
	406: 'URI not available in preferred format',
	413: 'Entity is too large',
	414: 'URI is too long',
	500: 'Server got itself in trouble',
	503: 'The server cannot process the request due to a high load',
};

/** Wrong parameters are "not found" on this appliance. */
export const badQuery = (message: string) => new LabError(404, message);
