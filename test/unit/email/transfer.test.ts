import * as fc from 'fast-check';
import { createTransferDecoder } from '../../../lib/email/mime/transfer';

function decodedInPieces(encoding: string, pieces: readonly string[]): Buffer {
	const decoder = createTransferDecoder(encoding);
	const decoded = pieces.map((piece) => decoder.write(Buffer.from(piece, 'latin1')));
	return Buffer.concat([...decoded, decoder.end()]);
}

const runs = (encoded: string): string[] => encoded.replace(/[^A-Za-z0-9+/=]/g, '').split(/=+/);

describe('base64', () => {
	const text = fc
		.array(fc.constantFrom('QUJD', 'R', '/+', '\r\n', '=', '==', '-', '_', ' ', '\xe9', '\0', ','), { maxLength: 30 })
		.map((parts) => parts.join(''));

	it('a whole part is decoded like its pieces, whatever stands in it', () => {
		fc.assert(
			fc.property(text, fc.nat(60), (encoded, at) => {
				const whole = decodedInPieces('base64', [encoded]);
				expect(whole).toEqual(Buffer.concat(runs(encoded).map((run) => Buffer.from(run, 'base64'))));
				expect(decodedInPieces('base64', [encoded.slice(0, at), encoded.slice(at)])).toEqual(whole);
			}),
			{ numRuns: 3_000 },
		);
	});

	it.each([
		['lines', 'QUJD\r\nREVG\r\n', 'ABCDEF'],
		['padding', 'QUI=\r\n', 'AB'],
		['no padding', 'QUI', 'AB'],
		['a second run behind the padding of the first', 'QUI=\r\nREVG', 'ABDEF'],
		['characters of the URL alphabet, which are no part of it', 'QU-J_D', 'ABC'],
		['nothing', '', ''],
	])('%s', (_what, encoded, decoded) => {
		expect(decodedInPieces('base64', [encoded]).toString('latin1')).toBe(decoded);
	});
});
