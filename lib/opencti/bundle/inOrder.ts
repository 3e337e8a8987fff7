import { finishInTurns, type Steps } from '../../steps';
import type { Platform } from '../platform';

const making = new WeakMap<Platform, Promise<unknown>>();

/**
 * Makes drafts one after the other, in the order in which they are asked for: of several items about one message, the first is the one
 * that the report is made of. To make a draft is work of the processor, which side by side would take as long.
 */
export function inOrder<Made>(platform: Platform, steps: Steps<Made>): Promise<Made> {
	const before = making.get(platform) ?? Promise.resolve();
	// What went wrong with the one before is told to whoever asked for it.
	const made = before.then(
		() => finishInTurns(steps),
		() => finishInTurns(steps),
	);
	making.set(platform, made);
	return made;
}
