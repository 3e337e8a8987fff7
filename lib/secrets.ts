import { isError } from './errors';
import { wellFormed } from './text';

const MASK = '***';
/** Shorter ones are masked where they stand by themselves: `a` is in every word. */
const LEAST = 4;
/** What is left of a secret at the end of a text that was cut. */
const LEAST_OF_A_CUT_ONE = 8;
const MAX_DEPTH = 6;
const MAX_MEMBERS = 200;

/**
 * The secrets of one connection. A server, or something in front of it, may quote what it was sent: what it says goes into errors, and
 * its secrets do not.
 */
export class Secrets {
	readonly #values: readonly string[];

	constructor(...values: ReadonlyArray<string | undefined>) {
		const given = values.flatMap((value) => value?.trim() || []);
		// The longest form first: one may stand in another.
		this.#values = [...new Set(given.flatMap(formsOf))].sort((a, b) => b.length - a.length);
	}

	/** The text with each secret masked: as it is, escaped, percent-encoded, and in base64, alone or with more around it. */
	mask(text: string): string {
		if (this.#values.length === 0) return text;
		let masked = text.replace(/[A-Za-z0-9+/_-]{8,}={0,2}/g, (run) => (this.#isIn(decoded(run)) ? MASK : run));
		for (const value of this.#values) {
			if (value.length >= LEAST) masked = masked.replaceAll(value, MASK);
			else masked = masked.replace(new RegExp(`(?<![\\w])${escaped(value)}(?![\\w])`, 'g'), MASK);
		}
		return this.#withoutCutOne(masked);
	}

	/** The same for an error with all that hangs on it, in place; gives it back. */
	maskIn<T>(error: T): T {
		if (this.#values.length > 0) this.#walk(error, 0, new Set());
		return error;
	}

	#walk(value: unknown, depth: number, seen: Set<unknown>): void {
		if (typeof value !== 'object' || value === null || depth > MAX_DEPTH || seen.has(value)) return;
		seen.add(value);
		// These are not among the enumerable ones.
		const names = new Set([...(isError(value) ? ['message', 'stack', 'cause'] : []), ...Object.keys(value)]);
		for (const name of [...names].slice(0, MAX_MEMBERS)) {
			const member = (value as Record<string, unknown>)[name];
			if (typeof member !== 'string') this.#walk(member, depth + 1, seen);
			else if (this.mask(member) !== member) Reflect.set(value, name, this.mask(member));
		}
	}

	#isIn(text: string): boolean {
		return this.#values.some((value) => value.length >= LEAST && text.includes(value));
	}

	#withoutCutOne(text: string): string {
		const body = text.replace(/[…')]{1,3}$/, '');
		const end = text.slice(body.length);
		for (const value of this.#values) {
			for (let length = value.length - 1; length >= LEAST_OF_A_CUT_ONE; length--) {
				if (body.endsWith(value.slice(0, length))) return `${body.slice(0, -length)}${MASK}${end}`;
			}
		}
		return text;
	}
}

/** How a secret may be written in a protocol: quoted for IMAP or JSON, in a form, as base64 in JSON. */
function formsOf(value: string): string[] {
	const quoted = value.replace(/["\\]/g, '\\$&');
	const percent = encodeURIComponent(wellFormed(value));
	return [value, quoted, JSON.stringify(value).slice(1, -1), percent, percent.replaceAll('%20', '+')];
}

const decoded = (run: string) => Buffer.from(run, 'base64').toString('utf8');
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
