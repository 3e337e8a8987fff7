import { decodeCharset } from '../../lib/email/header/charset';
import { reportFromBundle } from '../../lib/opencti';
import { readAnswer } from '../../lib/opencti/platform/explain';
import { bundleToSvg, stixId } from '../../lib/stix';

const UUID = '6deb37bd-12b7-54ae-805f-5f7146f3d171';
const TIMES = {
	spec_version: '2.1' as const,
	created: '2026-05-05T10:00:00.000Z',
	modified: '2026-05-05T10:00:00.000Z',
};

// Words that every object of JavaScript has a property for: in a table of words they are found unless only its own count.
describe.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
	'the word %s, where others choose the words',
	(word) => {
		it('as a type of STIX objects has an id like any type without a rule', () => {
			for (const fileIdentity of [undefined, 'opencti'] as const)
				expect(stixId(word, { value: 'x' }, fileIdentity === undefined ? {} : { fileIdentity })).toMatch(
					/^\w+--[0-9a-f-]{36}$/,
				);
		});

		it('as the type of an object in a bundle is drawn like any unknown one', () => {
			const draw = (type: string): string =>
				bundleToSvg({
					type: 'bundle',
					id: `bundle--${UUID}`,
					objects: [{ type, id: `${type}--${UUID}`, ...TIMES, name: 'shown in the picture' } as never],
				});
			expect(draw(word)).toContain('shown in the picture');
			expect(draw(word)).not.toContain('native code');
			expect(draw(word).replaceAll(word, 'x-other').match(/<text/g)).toHaveLength(
				draw('x-other').match(/<text/g)!.length,
			);
		});

		it('as the class of an author makes an organization of it', () => {
			const author = { type: 'identity', id: `identity--${UUID}`, ...TIMES, name: 'Author', identity_class: word };
			const report = {
				type: 'report',
				id: `report--${UUID}`,
				...TIMES,
				name: 'Report',
				published: TIMES.created,
				created_by_ref: author.id,
				object_refs: [author.id],
			};
			const draft = reportFromBundle({ type: 'bundle', id: `bundle--${UUID}`, objects: [author, report] });
			expect(draft).toMatchObject({ author: { name: 'Author', kind: 'organization' } });
		});

		it("as the platform's name of an error is an unknown one", () => {
			const answer = JSON.stringify({
				errors: [{ message: 'said', extensions: { code: word, data: { doc_code: word } } }],
			});
			const response = {
				status: 200,
				headers: {},
				body: Buffer.from(answer),
				json: () => JSON.parse(answer) as unknown,
			};
			expect(() => readAnswer({ name: 'Things', required: [] } as never, response as never, 'here')).toThrow(
				expect.objectContaining({ code: 'OPENCTI_REFUSED', message: expect.stringContaining('said') }) as Error,
			);
		});

		it('as a charset is unknown, and the text is read all the same', () => {
			expect(decodeCharset(Buffer.from('caf\xe9', 'latin1'), word)).toBe('café');
		});
	},
);
