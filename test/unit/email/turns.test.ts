import type { Hash } from 'node:crypto';
import { parseEmail } from '../../../lib/email';
import { LineEnds } from '../../../lib/email/mime/lineEnds';
import { uuencodedSteps } from '../../../lib/email/mime/uuencode';
import { STEP_LIMITS } from '../../../lib/limits';
import { crlf } from './message';

const crypto = jest.requireActual<typeof import('node:crypto')>('node:crypto');
const MB = 1_000_000;
const mail = (parts: string): Buffer =>
	crlf(`From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n${parts}`);
const file = (bytes: number): string => {
	const content = Buffer.alloc(bytes, 'large ').toString('base64');
	return `--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n${content.replace(/(.{76})/g, '$1\n')}\n`;
};

/** How many bytes are hashed, and how many are split, in one call at most. */
async function largestSteps(read: () => Promise<unknown>): Promise<{ hashed: number; split: number }> {
	const largest = { hashed: 0, split: 0 };
	const { write } = LineEnds.prototype;
	const spies = [
		jest.spyOn(crypto, 'hash').mockImplementation((_name, data) => {
			largest.hashed = Math.max(largest.hashed, (data as Buffer).length);
			return '';
		}),
		jest.spyOn(crypto.Hash.prototype, 'update').mockImplementation(function (this: Hash, data: unknown) {
			largest.hashed = Math.max(largest.hashed, (data as Buffer).length);
			return this;
		}),
		jest.spyOn(LineEnds.prototype, 'write').mockImplementation(function (this: LineEnds, chunk) {
			largest.split = Math.max(largest.split, chunk.length);
			return write.call(this, chunk);
		}),
	];
	await read();
	for (const spy of spies) spy.mockRestore();
	return largest;
}

describe('while a large message is read, others have their turn: nothing of it is done all at once', () => {
	it.each<[string, Buffer]>([
		['an attachment that is kept', mail(`${file(20 * MB)}--b--\n`)],
		['an attachment that is too large to keep', mail(`${file(40 * MB)}--b--\n`)],
		['a text', mail(`--b\n\n${'line\n'.repeat(2 * MB)}--b--\n`)],
		['parts behind another boundary than the named one', mail(`--c\n\n${'line\n'.repeat(MB)}--c--\n`)],
	])('%s', async (_, bytes) => {
		const { hashed, split } = await largestSteps(() => parseEmail(bytes));
		expect(hashed).toBeLessThan(2 * MB);
		expect(split).toBeLessThan(MB);
	});

	it('what lies behind a limit, whose hash is that of all bytes', async () => {
		const bytes = Buffer.alloc(60 * MB, 'x\r\n');
		const read = () => parseEmail(bytes, { maxBytes: 100_000, keepRawBytes: 0 });
		expect((await largestSteps(read)).hashed).toBeLessThan(20 * MB);
		const email = await read();
		expect([email.size, email.sha256]).toEqual([bytes.length, crypto.createHash('sha256').update(bytes).digest('hex')]);
	});

	it('they do have it', async () => {
		const bytes = mail(`${file(20 * MB)}--b--\n`);
		let turns = 0;
		let isRead = false;
		const turn = () => {
			turns++;
			if (!isRead) setImmediate(turn);
		};
		setImmediate(turn);
		await parseEmail(bytes);
		isRead = true;
		expect(turns).toBeGreaterThan(bytes.length / MB);
	});
});

it('a file in uuencode is read in as many steps as it is long', () => {
	const stepsOf = (bytes: number): number => {
		const work = uuencodedSteps(Buffer.from(`begin 644 a\n${`M${'9'.repeat(60)}\n`.repeat(bytes / 62)}end\n`), 10);
		for (let count = 1; ; count++) if (work.next().done === true) return count;
	};
	expect(stepsOf(16 * MB)).toBeGreaterThan((16 * MB) / STEP_LIMITS.pieceLength / 2);
	const begins = uuencodedSteps(Buffer.from('begin 644 a\n'.repeat(100_000)), 10);
	let steps = 1;
	while (begins.next().done !== true) steps++;
	expect(steps).toBeGreaterThan(50);
});
