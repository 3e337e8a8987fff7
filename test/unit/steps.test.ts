import fc from 'fast-check';
import { STEP_LIMITS } from '../../lib/limits';
import { finish, finishInTurns, piecesOf, replaceInSteps, sortInSteps, type Steps } from '../../lib/steps';

const { pieceLength, pieceItems } = STEP_LIMITS;

function* counting(to: number, seen: number[] = []): Steps<string> {
	for (let i = 0; i < to; i++) {
		seen.push(i);
		yield;
	}
	return 'done';
}

/** What takes steps, and how many. */
function counted<Result>(steps: Steps<Result>): { result: Result; count: number } {
	for (let count = 0; ; count++) {
		const step = steps.next();
		if (step.done === true) return { result: step.value, count };
	}
}

describe('work in turns', () => {
	afterEach(() => jest.restoreAllMocks());

	/** Each look at the clock is so many milliseconds later. */
	const clock = (step: number) => {
		let now = 0;
		jest.spyOn(performance, 'now').mockImplementation(() => (now += step));
	};

	it('gives what the same work gives at once', async () => {
		expect(finish(counting(100))).toBe('done');
		expect(await finishInTurns(counting(100))).toBe('done');
	});

	it('lets others have their turn when its own is over', async () => {
		clock(STEP_LIMITS.turnMs + 1);
		const seen: number[] = [];
		const work = finishInTurns(counting(3, seen));
		const others: number[] = [];
		for (let i = 0; i < 3; i++) {
			others.push(seen.length);
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(others).toEqual([1, 2, 3]);
		await expect(work).resolves.toBe('done');
	});

	it('ends with the reason of the signal, and does no further step', async () => {
		clock(STEP_LIMITS.turnMs + 1);
		const seen: number[] = [];
		const controller = new AbortController();
		const work = finishInTurns(counting(1_000, seen), controller.signal);
		controller.abort(new Error('no longer wanted'));
		await expect(work).rejects.toThrow('no longer wanted');
		expect(seen).toEqual([0]);
		const none: number[] = [];
		await expect(finishInTurns(counting(5, none), controller.signal)).rejects.toThrow('no longer wanted');
		expect(none).toEqual([]);
	});

	it('fails as the work does', async () => {
		function* failing(): Steps<void> {
			yield;
			throw new RangeError('so');
		}
		await expect(finishInTurns(failing())).rejects.toThrow(RangeError);
	});
});

describe('long texts and lists', () => {
	const text = fc
		.tuple(fc.array(fc.constantFrom('\r\n', '\r', '\n', '\0', '\ud800', '\udc00', '😀', 'a')), fc.nat(3))
		.map(([units, shift]) => 'x'.repeat(pieceLength - shift) + units.join(''));

	// As an encoder would read it.
	const wellFormed = (piece: string) => Buffer.from(piece, 'utf8').toString('utf8');
	const unixLines = (piece: string) => piece.replaceAll('\r\n', '\n');

	it('pieces are the text, and end in no pair of surrogates nor in CR LF', () => {
		fc.assert(
			fc.property(text, (whole) => {
				const pieces = [...piecesOf(whole)];
				// Compared outside of expect: its report of texts of this length takes minutes.
				expect(pieces.join('') === whole).toBe(true);
				expect(pieces.map(wellFormed).join('') === wellFormed(whole)).toBe(true);
				expect(pieces.map(unixLines).join('') === unixLines(whole)).toBe(true);
			}),
		);
	});

	it('are replaced in as replaceAll would, in steps that grow with the length', () => {
		fc.assert(
			fc.property(text, fc.constantFrom(['\r\n', '\n'], ['\0', '\ufffd']), (whole, [from, to]) => {
				expect(finish(replaceInSteps(whole, from, to)) === whole.replaceAll(from, to)).toBe(true);
			}),
		);
		expect(counted(replaceInSteps('\0'.repeat(20 * pieceLength), '\0', '-')).count).toBe(20);
	});

	it('are sorted by their code units, in steps that grow with the length', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'binary' })), (list) => {
				expect(finish(sortInSteps(list))).toEqual([...list].sort());
			}),
		);
		const long = Array.from({ length: 5 * pieceItems + 7 }, (_, i) => `${(i * 7_919) % 100_003}`);
		const { result, count } = counted(sortInSteps(long));
		expect(result).toEqual([...long].sort());
		expect(count).toBeGreaterThan(10);
	});
});
