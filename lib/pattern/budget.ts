import { PATTERN_LIMITS } from '../limits';
import { PatternMatchError } from './errors';

/** Counts the steps of one match, so that no pattern and no bundle can make it endless. */
export class Budget {
	private left: number = PATTERN_LIMITS.maxSteps;

	/** @throws PatternMatchError `PATTERN_TOO_COMPLEX` when it is used up */
	spend(steps: number): void {
		this.left -= steps;
		if (this.left < 0) {
			throw new PatternMatchError(
				'PATTERN_TOO_COMPLEX',
				`Matching the pattern takes more than ${PATTERN_LIMITS.maxSteps} steps on these observations`,
				{ hint: 'Match fewer observations at once, or a pattern with fewer AND, FOLLOWEDBY, REPEATS and WITHIN.' },
			);
		}
	}

	/** A new match starts. */
	refill(): void {
		this.left = PATTERN_LIMITS.maxSteps;
	}
}
