import { Parser } from 'htmlparser2';
import { parseEmail, type Email } from '../../../lib/email';
import {
	caseFromEmail,
	emailContent,
	emailReport,
	incidentFromEmail,
	reportFromEmail,
	type EmailReport,
} from '../../../lib/opencti';
import { spoilBytes } from '../inputs/bytes';
import { knownMails } from '../inputs/mails';
import { grammarMessage, MIME_WORDS } from '../inputs/mime';
import { soup, spoilText, tagSoup } from '../inputs/text';
import { isSame, isTrue, isWellFormed, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

const MAILS = knownMails();

/** What would run, load or hide something in the text of a report. */
const ACTIVE = [
	'<script>', '</script>', '<img src=x onerror=alert(1)//', '<a href="javascript:alert(1)">', '<a href="data:text/html,x">', '<a href=" java\tscript:x">', '<svg onload=x>', '<math><mi><mglyph><style>', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
	'<style>', '<iframe src=//evil.example>', '<base href=//evil.example/>', '<meta http-equiv=refresh content=0>', '<form action=//x>', '<input autofocus onfocus=x>', '<object data=x>', '<embed src=x>', '<video src=x>', '<link rel=stylesheet href=//x>',
	'<img src="https://track.example/p.png">', '<img src="cid:a">', '<img src="data:image/svg+xml,<svg onload=x>">', '<img srcset="//x 2x">', '<div style="background:url(//x)">', '<p onclick=x>', '<!--', '-->', '<![CDATA[', ']]>', '<textarea>', '</textarea>', '<title>', '<xmp>', '<template>', '<plaintext>',
	'&lt;script&gt;', '&#60;script&#62;', '<scr\0ipt>', '<<script>', '<script/x>', '<a/href=javascript:x>', '"><script>', "'><script>", '`', '](javascript:x)', '![x](https://track.example/)', '**', '| a |', '<details open ontoggle=x>', '<center>', '<table>', '<td>', '</p>', '<br>',
]; // prettier-ignore

const text = (random: Random): string =>
	random.choose(
		[2, () => tagSoup(random, 20)],
		[1, () => soup(random, 10)],
		[3, () => random.list(1, 12, () => random.choose([3, () => random.pick(ACTIVE)], [1, () => soup(random, 3)])).join('')],
		[2, () => spoilText(random.pick(ACTIVE).repeat(random.between(1, 30)), random, ACTIVE)],
	); // prettier-ignore

/** Texts and names that end up in a report, encoded so that each of their characters arrives. */
function make(random: Random): Buffer {
	if (random.chance(0.3))
		return random.choose(
			[2, () => spoilBytes(random.pick(MAILS), random, [...MIME_WORDS, ...ACTIVE])],
			[1, () => spoilBytes(grammarMessage(random), random, ACTIVE)],
		);
	const word = (): string => `=?utf-8?B?${Buffer.from(text(random).slice(0, 200)).toString('base64')}?=`;
	const body = (type: string): string =>
		`Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(text(random)).toString('base64')}\r\n`;
	const parts = random.list(1, 4, () =>
		random.choose(
			[4, () => body('text/html')],
			[2, () => body('text/plain')],
			[1, () => `Content-Type: message/rfc822\r\n\r\nSubject: ${word()}\r\nFrom: ${word()} <a@evil.example>\r\n${body('text/html')}`],
			[1, () => `Content-Type: image/png; name="${word()}"\r\nContent-ID: <a>\r\nContent-Disposition: inline; filename="${word()}"\r\n\r\nx\r\n`],
			[1, () => `Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="${word()}"\r\n\r\nx\r\n`],
		),
	); // prettier-ignore
	return Buffer.from(
		`From: ${word()} <a@evil.example>\r\nTo: ${word()} <b@corp.example>\r\nSubject: ${word()}\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\nMessage-ID: <1@evil.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${parts.map((part) => `--b\r\n${part}`).join('')}--b--\r\n`,
	);
}

const FALLBACK = { publishedFallback: new Date(0) };
const ATTRIBUTES = new Set(['href', 'src', 'alt', 'title', 'width', 'height', 'colspan', 'rowspan', 'align', 'valign', 'border', 'start', 'dir', 'lang', 'rel', 'name', 'class', 'bgcolor', 'color']); // prettier-ignore
const TAGS =
	/^(?:p|div|span|br|hr|h[1-6]|blockquote|pre|code|[uod]l|li|d[dt]|b|strong|i|em|u|s|strike|del|ins|su[bp]|small|center|a|img|table|caption|thead|tbody|tfoot|tr|t[hd])$/;

/** As browsers read it: without blanks around it and line ends in it. What has no scheme leads to the platform itself. */
function isHarmlessLink(value: string): boolean {
	const url = value.replace(/[\t\r\n]/g, '').replace(/^[\0-\x20]+/, '');
	const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
	return scheme === undefined ? !/^[\\/]{2}/.test(url) : ['http', 'https', 'mailto'].includes(scheme);
}

/** Nothing that a browser would run or fetch. */
function isHarmless(html: string): void {
	const parser = new Parser(
		{
			onopentag: (tag, attributes) => {
				isTrue(TAGS.test(tag), `<${tag}>`);
				for (const [name, value] of Object.entries(attributes)) {
					isTrue(ATTRIBUTES.has(name), `<${tag} ${name}>`);
					if (name === 'href') isTrue(isHarmlessLink(value), `href ${value.slice(0, 80)}`);
					if (name === 'src')
						isTrue(/^data:image\/(?:png|jpe?g|gif|webp|bmp);/i.test(value), `src ${value.slice(0, 80)}`);
				}
			},
			onprocessinginstruction: (name) => isTrue(false, name),
			oncomment: () => isTrue(false, 'a comment'),
		},
		{ decodeEntities: true },
	);
	parser.end(html);
}

interface Made {
	email: Email;
	report: EmailReport;
}

const made = async (input: Buffer): Promise<Made> => {
	const email = await parseEmail(input);
	return { email, report: emailReport(email, { ...FALLBACK, contents: 'indicators' }) };
};

export const kind: Kind<Buffer, Made> = {
	subject: 'texts of reports, cases and incidents of OpenCTI that are made of a message',
	form: 'bytes',
	make,
	run: made,
	refusals: ['EMAIL_EMPTY'],
	isRead: ({ email }) => email.html !== undefined || email.text !== undefined,
	invariants: {
		'its content runs and loads nothing': ({ email }) => {
			isHarmless(reportFromEmail(email, FALLBACK).content);
			isHarmless(caseFromEmail(email, FALLBACK).content);
			for (const inlineImages of ['describe', 'embed'] as const)
				for (const links of ['keep', 'defang'] as const) isHarmless(emailContent(email, { inlineImages, links }).html);
		},
		'no text of it has half of a character or NUL': ({ email, report }) => {
			const { draft, ...rest } = report;
			const { files, ...told } = draft;
			isWellFormed([
				told,
				{ ...rest, indicators: undefined },
				files.map(({ originalName: _original, ...file }) => file),
			]);
			const { files: _files, ...incident } = incidentFromEmail(email, FALLBACK);
			isWellFormed(incident);
		},
		'names of files have no path, and are there once': ({ report }) => {
			const names = report.draft.files.map(({ name }) => name);
			for (const name of names) isTrue(name !== '' && !/[/\\\0-\x1f]/.test(name), JSON.stringify(name));
			isTrue(new Set(names).size === names.length, names.join(', '));
		},
		'the same message gives the same report': async ({ report }, input) => {
			const again = await made(input);
			isSame(jsonOf(again.report.draft), jsonOf(report.draft), 'the draft');
			isSame(jsonOf(again.report.objects), jsonOf(report.objects), 'its objects');
		},
	},
};
