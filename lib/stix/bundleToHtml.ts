import { PICTURE_LIMITS } from '../limits';
import { badgesOf } from './badges';
import { bundleToSvg, type PictureOptions } from './bundleToSvg';
import { bundleViewOf, type ViewGroup } from './bundleView';
import { clipped, escapeMarkup } from './markup';
import type { Bundle, IndicatorObject } from './objects';

const STYLE = [
	'body{margin:0;background:#f6f7f9;color:#1d2229;font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}',
	'main{padding:0 28px 28px;max-width:1480px}svg{max-width:100%;height:auto;display:block}',
	'h2{font-size:14px;margin:22px 0 6px}table{border-collapse:collapse;width:100%;background:#fff}',
	'td{border:1px solid #dde1e6;padding:4px 8px;vertical-align:top;overflow-wrap:anywhere}',
	'td.id{color:#6b7580;font:12px ui-monospace,Menlo,Consolas,monospace;width:26em}p{color:#6b7580;margin:4px 0}',
].join('');

/**
 * The picture of {@link bundleToSvg} and below it tables of the objects by type, up to 500 of each, as one self-contained HTML page: no script, nothing to
 * load (its own policy forbids both), no link that could be followed by mistake.
 *
 * @throws StixError `STIX_OPTION_INVALID`
 */
export function bundleToHtml(bundle: Bundle, options: PictureOptions = {}): string {
	const view = bundleViewOf(bundle, PICTURE_LIMITS.maxTableRows, badgesOf(options.indicators ?? []));
	const patterns = new Map(
		bundle.objects
			.filter((object): object is IndicatorObject => object.type === 'indicator')
			.map(({ id, pattern }) => [id, pattern]),
	);
	return [
		'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		`<title>${escapeMarkup(clipped(view.title, 200))}</title><style>${STYLE}</style></head><body>`,
		bundleToSvg(bundle, options),
		'<main>',
		...view.columns.flat().map((group) => table(group, patterns)),
		`<p>${escapeMarkup(bundle.id)}</p></main></body></html>`,
	].join('');
}

function table({ title, rows, total }: ViewGroup, patterns: ReadonlyMap<string, string>): string {
	return [
		`<h2>${escapeMarkup(title)} (${total})</h2><table>`,
		...rows.map(({ id, text, note, badges }) => {
			const more = [note, patterns.get(id), badges?.join(', ')].filter((line) => line !== undefined);
			return [
				`<tr><td>${escapeMarkup(clipped(text, 2_000))}`,
				...more.map((line) => `<p>${escapeMarkup(clipped(line, 2_000))}</p>`),
				`</td><td class="id">${escapeMarkup(id)}</td></tr>`,
			].join('');
		}),
		'</table>',
		total > rows.length ? `<p>+${total - rows.length} more</p>` : '',
	].join('');
}
