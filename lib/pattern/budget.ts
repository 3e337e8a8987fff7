import { PATTERN_LIMITS } from '../limits';
import { PatternMatchError } from './errors';

/** Counts the steps of one match, so that no pattern and no bundle can make it endless. */
export class Budget {
	#expansion = 0;
	#left: number = PATTERN_LIMITS.maxSteps;

	/** @throws PatternMatchError `PATTERN_TOO_COMPLEX` when it is used up */
	spend(steps: number): void {
		this.#left -= steps;
		if (this.#left < 0) {
			throw new PatternMatchError(
				'PATTERN_TOO_COMPLEX',
				`Matching the pattern takes more than ${PATTERN_LIMITS.maxSteps} steps on these observations`,
				{ hint: 'Match fewer observations at once, or use a pattern with fewer AND, FOLLOWEDBY, REPEATS and WITHIN.' },
			);
		}
	}

	/** Takes what a MATCHES expression grows to from what the expressions of one pattern may. @throws RangeError */
	expand(size: number, length: number): void {
		this.#expansion += Math.max(0, size - PATTERN_LIMITS.regexGrowth * length);
		if (this.#expansion > PATTERN_LIMITS.maxRegexExpansion)
			throw new RangeError('its repetition counts { } make it too large');
	}

	/** A new match starts. */
	refill(): void {
		this.#left = PATTERN_LIMITS.maxSteps;
	}
}
