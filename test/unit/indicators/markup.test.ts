import fc from 'fast-check';
import { Tokenizer } from 'htmlparser2';
import { readMarkup } from '../../../lib/indicators/places/markup';
import { finish } from '../../../lib/steps';

/** What a document consists of, one line a piece; pieces of one text are one. */
function ours(html: string): string[] {
	const said: string[] = [];
	const steps = readMarkup(html, {
		text: (start, end) => said.push(`text ${html.slice(start, end)}`),
		openTag: (name) => said.push(`open ${name}`),
		attribute: (name, start, end) => said.push(`attribute ${name}=${html.slice(start, end)}`),
		openTagEnd: () => said.push('end of tag'),
		closeTag: (name) => said.push(`close ${name}`),
		comment: (start, end) => {
			said.push(`comment ${html.slice(start, end)}`);
			return undefined;
		},
	});
	finish(steps);
	return joined(said);
}

/** The same of an established tokenizer. */
function theirs(html: string): string[] {
	const said: string[] = [];
	let name = '';
	let value = '';
	const ended = (): number => said.push('end of tag');
	const tokenizer = new Tokenizer(
		{ decodeEntities: false },
		{
			ontext: (start, end) => said.push(`text ${html.slice(start, end)}`),
			ontextentity: () => undefined,
			onopentagname: (start, end) => said.push(`open ${html.slice(start, end).toLowerCase()}`),
			onattribname: (start, end) => {
				name = html.slice(start, end).toLowerCase();
				value = '';
			},
			onattribdata: (start, end) => (value += html.slice(start, end)),
			onattribentity: () => undefined,
			onattribend: () => said.push(`attribute ${name}=${value}`),
			onopentagend: ended,
			onselfclosingtag: ended,
			onclosetag: (start, end) => said.push(`close ${html.slice(start, end).toLowerCase()}`),
			// What browsers take for a comment (`<!x>`, `<?x>`, `</ >`) holds nothing that is read.
			oncomment: (start, end, offset) => {
				if (html.slice(start - 4, start) === '<!--') said.push(`comment ${html.slice(start, end - offset)}`);
			},
			oncdata: () => undefined,
			ondeclaration: () => undefined,
			onprocessinginstruction: () => undefined,
			onend: () => undefined,
		},
	);
	tokenizer.write(html);
	tokenizer.end();
	return joined(said);
}

function joined(said: readonly string[]): string[] {
	const pieces: string[] = [];
	for (const one of said) {
		const last = pieces.at(-1);
		if (one.startsWith('text ') && last?.startsWith('text ') === true) pieces.push(pieces.pop()! + one.slice(5));
		else if (one !== 'comment ') pieces.push(one);
	}
	return pieces;
}

const PIECES = '< > / ! -- - " \' = a b A href src style STYLE script é 日本 evil.com & &amp; [ ]'
	.split(' ')
	.concat(
		[' ', '\n', '\t', '\f', '\v', '\0', '</', '</ ', '</>', '<a href="', '<a href=', "<img src='", '<br/>', '<br / >'],
		['<div>', '</div>', '<style>', '</style>', '<STYLE a>', '</sTyle ', '</style', '<script>', '</script>', '<title>'],
		['</title>', '<textarea>', '</textarea>', '<xmp>', '</xmp>', '<iframe>', '</iframe>', '<noembed>', '<noframes>'],
		[
			'<!--',
			'-->',
			'--!>',
			'<!-->',
			'<!--->',
			'<!--[if mso]>',
			'<![endif]-->',
			'<![CDATA[',
			']]>',
			'<!doctype html>',
			'<?xml',
			'?>',
		],
	);
// Ends whatever is open: of what has no end, each reader makes what it likes.
const ENDS = ` '>">--> ]]></title></textarea></style></script></xmp></iframe></noembed></noframes> end`;

it('tags, attributes, text and comments of any HTML are those of an established tokenizer', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }), (pieces) => {
			const html = pieces.join('') + ENDS;
			expect(ours(html)).toEqual(theirs(html));
		}),
		{ numRuns: 3_000, seed: 5 },
	);
});

it('a tag, a comment or an attribute without an end takes nothing with it but itself', () => {
	expect(ours('see <b>this</b> <a href="http://evil.example')).toEqual([
		'text see ',
		'open b',
		'end of tag',
		'text this',
		'close b',
		'text  ',
		'open a',
	]);
	expect(ours('see <style')).toEqual(['text see ', 'open style']);
	expect(ours('see </b')).toEqual(['text see ']);
	expect(ours('2 < 3 and 3 > 2 <')).toEqual(['text 2 < 3 and 3 > 2 <']);
	expect(ours('a<!-- b')).toEqual(['text a', 'comment  b']);
	expect(ours('a<plaintext>b</plaintext><i>')).toEqual([
		'text a',
		'open plaintext',
		'end of tag',
		'text b</plaintext><i>',
	]);
	expect(ours('a<style>b<i>')).toEqual(['text a', 'open style', 'end of tag', 'text b<i>']);
});

it('a megabyte of what never ends is read in one pass', () => {
	for (const piece of ['<', '</', '<a ', '<!--', '<![CDATA[', '<style></', '<a b="', '<a b=', '</a ', '<title>&']) {
		const start = performance.now();
		readMarkup(piece.repeat(1e6 / piece.length), {
			text: () => undefined,
			openTag: () => undefined,
			attribute: () => undefined,
			openTagEnd: () => undefined,
			closeTag: () => undefined,
			comment: () => undefined,
		});
		expect(performance.now() - start).toBeLessThan(5_000);
	}
});
