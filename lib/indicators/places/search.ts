import { INDICATOR_LIMITS, SETTING_LIMITS } from '../../limits';
import { wholeNumber } from '../../settings';
import type { ExtractOptions } from '../options';
import { OPT_IN_KINDS, type ScanOptions } from '../text';
import { TrustedRelays } from './received';
import { Unsearched } from './unsearched';

/** One search of a message: what is wanted, how much may still be read, and what was not searched. */
export class Search {
	readonly options: ExtractOptions;
	readonly trustedRelays: TrustedRelays;
	readonly scanOptions: ScanOptions;
	readonly unsearched = new Unsearched();
	readonly #now: () => number;
	readonly #end: number;
	#charactersLeft: number = INDICATOR_LIMITS.maxCharacters;

	constructor(options: ExtractOptions) {
		this.options = options;
		this.trustedRelays = new TrustedRelays(options.trustedRelays ?? []);
		const { maxMilliseconds, now = Date.now } = options;
		const most = { least: 1, most: SETTING_LIMITS.maxMilliseconds, otherwise: INDICATOR_LIMITS.maxMilliseconds };
		this.#now = now;
		this.#end = now() + wholeNumber('maxMilliseconds', maxMilliseconds, most);
		const onTooLong = (): void => {
			if (options.urls !== false) this.unsearched.urls++;
		};
		this.scanOptions = {
			...Object.fromEntries(OPT_IN_KINDS.map((kind) => [kind, options[kind] === true])),
			onTooLong,
		};
	}

	/** True when no character may be read any more. */
	get isExhausted(): boolean {
		return this.#charactersLeft <= 0;
	}

	/** Whether the time is over: then nothing more is searched, which is noted. */
	isOutOfTime(): boolean {
		this.unsearched.time ||= this.#now() > this.#end;
		return this.unsearched.time;
	}

	/** As much of a text as may still be read. */
	take(text: string): string {
		const read = text.length <= this.#charactersLeft ? text : text.slice(0, this.#charactersLeft);
		if (read.length < text.length) this.unsearched.text = true;
		this.#charactersLeft -= read.length;
		return read;
	}
}
