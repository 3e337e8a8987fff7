import { ESA_LIMITS } from '../limits';

/**
 * Whether what the messages of one row share may stand in each of them: a row of n MIDs and n recipients would become n * n
 * references, and 90 KB more than a text can hold.
 */
export function isRepeated(times: number, shared: unknown): boolean {
	return times <= 1 || JSON.stringify(shared).length * times <= ESA_LIMITS.maxRepeatedCharacters;
}
