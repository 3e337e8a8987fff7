import type { Steps } from '../steps';
import { STEP_LIMITS } from '../limits';
import { canonicalJson } from './canonical';
import { stableUuidV4InSteps } from './uuid';

/** The id of a bundle of rows, which follows from its objects: those of one list have one id. With places where the work may pause. */
export function* bundleIdOf(objects: readonly object[]): Steps<string> {
	return `bundle--${yield* stableUuidV4InSteps(textOf(objects))}`;
}

/** The canonical JSON text of a list, some objects at a time. */
function* textOf(objects: readonly object[]): Generator<string> {
	yield '[';
	for (let start = 0; start < objects.length; start += STEP_LIMITS.objects) {
		const some = canonicalJson(objects.slice(start, start + STEP_LIMITS.objects));
		yield `${start === 0 ? '' : ','}${some.slice(1, -1)}`;
	}
	yield ']';
}
