// Codes of other kinds, in other formats of pictures, in other colours, and such that HTML draws.
import { at, cells, framed, link, painted, plant, png, qrPng, read, run, write } from './plant.mjs';

const url = (name, rest = 'a') => `https://${name}.held.example.com/${rest}`;
const code = (name) => ({ urls: [url(name)], codes: [link(url(name))] });
const qr = (name, margin = 4) => framed(cells(url(name)), margin);
const picture = (file, planted, bytes) => plant(file, { kind: 'image', ...planted }, bytes);

function makeCodes() {
	for (const [name, number, text = url(name)] of [
		['micro', 97, 'micro.example'],
		['rectangular', 145],
		['matrix', 71],
		['aztec', 92],
		['stacked', 55],
		['maxi', 57],
	]) {
		run('zint', ['-b', String(number), '--scale=2', '-w', '3', '--vwhitesp=3', '-o', at(`${name}.png`), '-d', text]);
		const planted = text === url(name) ? code(name) : { codes: [{ text, content: 'text' }] };
		picture(`${name}.png`, planted, read(`${name}.png`));
	}
	picture(
		'red-on-green.png',
		code('redongreen'),
		png(painted(qr('redongreen'), 4, (isDark) => (isDark ? [200, 0, 0] : [0, 200, 0]))),
	);
	picture(
		'blue-on-red.png',
		code('blueonred'),
		png(painted(qr('blueonred'), 4, (isDark) => (isDark ? [0, 0, 160] : [230, 60, 60]))),
	);
	picture(
		'see-through.png',
		code('seethrough'),
		png(painted(qr('seethrough'), 4, (isDark) => (isDark ? [0, 0, 0, 255] : [0, 0, 0, 0]))),
	);
	picture(
		'light-on-nothing.png',
		code('lightonnothing'),
		png(painted(qr('lightonnothing'), 4, (isDark) => (isDark ? [255, 255, 255, 0] : [0, 0, 0, 255]))),
	);
	picture('one-pixel.png', code('onepixel'), png(painted(qr('onepixel', 2), 1)));
	picture(
		'dark-frame.png',
		code('darkframe'),
		png(
			painted(
				framed(
					qr('darkframe', 2).map((row) => row),
					0,
				),
				3,
			),
		),
	);
	write('q.png', qrPng(url('slanted'), 6));
	run('convert', [
		at('q.png'),
		'-background',
		'white',
		'-rotate',
		'17',
		'-attenuate',
		'0.2',
		'+noise',
		'Gaussian',
		'-seed',
		'1',
		'-quality',
		'60',
		at('slanted.jpg'),
	]);
	picture('slanted.jpg', code('slanted'), read('slanted.jpg'));
	write('q.png', qrPng(url('cmyk'), 5));
	run('convert', [at('q.png'), '-colorspace', 'CMYK', '-interlace', 'JPEG', at('cmyk.jpg')]);
	picture('cmyk.jpg', code('cmyk'), read('cmyk.jpg'));
	write('frame0.png', png(painted([[false]], 80)));
	write('frame1.png', qrPng(url('webpframe'), 4));
	run('convert', ['-delay', '50', at('frame0.png'), at('frame1.png'), '-loop', '0', at('frames.webp')]);
	picture('frames.webp', { anyNotRead: true, urls: [], notRead: ['frames'] }, read('frames.webp'));
	write('q.png', qrPng(url('other'), 4));
	run('convert', [at('q.png'), '-compress', 'lzw', at('scan.tiff')]);
	picture('scan.tiff', { notRead: ['method'] }, read('scan.tiff'));
	run('avifenc', ['-l', at('q.png'), at('scan.avif')]);
	picture('scan.avif', { notRead: ['method'] }, read('scan.avif'));
	run('heif-enc', ['-o', at('scan.heic'), at('q.png')]);
	picture('scan.heic', { notRead: ['method'] }, read('scan.heic'));
	run('convert', [at('q.png'), at('scan.jp2')]);
	picture('scan.jp2', { notRead: ['method'] }, read('scan.jp2'));
	run('convert', [at('q.png'), at('scan.ico')]);
	picture('scan.ico', { notRead: ['method'] }, read('scan.ico'));
	run('convert', [at('q.png'), at('scan.psd')]);
	plant('drawn.svg', code('svgrects'), run('qrencode', ['-t', 'SVG', '-o', '-', url('svgrects')]));
	plant('path.svg', code('svgpath'), run('qrencode', ['-t', 'SVG', '--svg-path', '-o', '-', url('svgpath')]));
	plant(
		'inside.svg',
		code('svgimage'),
		Buffer.from(
			`<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,${qrPng(url('svgimage'), 4).toString('base64')}"/></svg>`,
		),
	);
}

function makeDrawn() {
	const html = (name, body, head = '') =>
		plant(
			`${name}.html`,
			{ kind: 'html', ...code(name.replace(/-/g, '')) },
			Buffer.from(`<!DOCTYPE html><html><head>${head}</head><body><p>Scan this code</p>${body}</body></html>`),
		);
	const rows = (name) => qr(name.replace(/-/g, ''), 2);
	html(
		'table-colours',
		`<table cellspacing=0 cellpadding=0>${rows('table-colours')
			.map(
				(row) =>
					`<tr height=4>${row.map((isDark) => `<td width=4 bgcolor="${isDark ? '#000000' : '#ffffff'}"></td>`).join('')}</tr>`,
			)
			.join('')}</table>`,
	);
	html(
		'table-styles',
		`<table style="border-collapse:collapse">${rows('table-styles')
			.map(
				(row) =>
					`<tr>${row.map((isDark) => `<td style="width:4px;height:4px;padding:0;background${isDark ? '-color:rgb(10, 10, 10)' : ': white'}">&nbsp;</td>`).join('')}</tr>`,
			)
			.join('')}</table>`,
	);
	html(
		'table-classes',
		`<table class="q">${rows('table-classes')
			.map((row) => `<tr>${row.map((isDark) => `<td class="${isDark ? 'b' : 'w'}"></td>`).join('')}</tr>`)
			.join('')}</table>`,
		'<style>.q td{width:3px;height:3px}.b{background:#222}.w{background:#fff}</style>',
	);
	const runs = (row) =>
		row.reduce(
			(list, isDark) =>
				list.at(-1)?.isDark === isDark ? (list.at(-1).count++, list) : [...list, { isDark, count: 1 }],
			[],
		);
	html(
		'table-spans',
		`<table>${rows('table-spans')
			.map(
				(row) =>
					`<tr>${runs(row)
						.map(({ isDark, count }) => `<td colspan="${count}"${isDark ? ' bgcolor=black' : ''}></td>`)
						.join('')}</tr>`,
			)
			.join('')}</table>`,
	);
	html(
		'boxes-rows',
		rows('boxes-rows')
			.map(
				(row) =>
					`<div style="height:4px;font-size:0">${row.map((isDark) => `<span style="display:inline-block;width:4px;height:4px;background:${isDark ? '#000' : '#fff'}"></span>`).join('')}</div>`,
			)
			.join(''),
	);
	html(
		'boxes-placed',
		`<div style="position:relative;width:200px;height:200px">${rows('boxes-placed')
			.flatMap((row, y) =>
				row.map((isDark, x) =>
					isDark
						? `<i style="position:absolute;left:${x * 4}px;top:${y * 4}px;width:4px;height:4px;background:#000"></i>`
						: '',
				),
			)
			.join('')}</div>`,
	);
	html(
		'box-shadows',
		`<div style="width:4px;height:4px;box-shadow:${rows('box-shadows')
			.flatMap((row, y) => row.map((isDark, x) => (isDark ? `${x * 4}px ${y * 4}px 0 #000` : '')))
			.filter((one) => one !== '')
			.join(',')}"></div>`,
	);
	html(
		'grid-boxes',
		`<div class=g>${rows('grid-boxes')
			.flatMap((row) => row.map((isDark) => (isDark ? '<b></b>' : '<i></i>')))
			.join('')}</div>`,
		`<style>.g{display:grid;grid-template-columns:repeat(${rows('grid-boxes')[0].length},4px)}.g b{height:4px;background:#000}.g i{background:#fff}</style>`,
	);
	html(
		'svg-inside',
		run('qrencode', ['-t', 'SVG', '--svg-path', '-o', '-', url('svginside')])
			.toString()
			.replace(/^[\s\S]*?<svg/, '<svg'),
	);
	html(
		'gradient-rows',
		rows('gradient-rows')
			.map(
				(row) =>
					`<div style="width:${row.length * 4}px;height:4px;background:linear-gradient(to right,${runs(row)
						.reduce(
							({ at: from, list }, { isDark, count }) => ({
								at: from + count,
								list: [...list, `${isDark ? '#000' : '#fff'} ${from * 4}px ${(from + count) * 4}px`],
							}),
							{ at: 0, list: [] },
						)
						.list.join(',')})"></div>`,
			)
			.join(''),
	);
	const dots = rows('braille');
	const bits = [
		[0, 0, 1],
		[0, 1, 2],
		[0, 2, 4],
		[1, 0, 8],
		[1, 1, 16],
		[1, 2, 32],
		[0, 3, 64],
		[1, 3, 128],
	];
	const braille = Array.from({ length: Math.ceil(dots.length / 4) }, (_, y) =>
		Array.from({ length: Math.ceil(dots[0].length / 2) }, (_, x) =>
			String.fromCodePoint(
				0x2800 + bits.reduce((sum, [dx, dy, bit]) => sum + (dots[4 * y + dy]?.[2 * x + dx] === true ? bit : 0), 0),
			),
		).join(''),
	).join('\n');
	plant('braille.txt', code('braille'), Buffer.from(`Scan this:\n\n${braille}\n`));
	const four = rows('quadrants');
	const quadrants = ' ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█';
	plant(
		'quadrants.txt',
		code('quadrants'),
		Buffer.from(
			`Scan this:\n\n${Array.from({ length: Math.ceil(four.length / 2) }, (_, y) =>
				Array.from(
					{ length: Math.ceil(four[0].length / 2) },
					(_, x) =>
						quadrants[
							[
								[0, 0, 1],
								[1, 0, 2],
								[0, 1, 4],
								[1, 1, 8],
							].reduce((sum, [dx, dy, bit]) => sum + (four[2 * y + dy]?.[2 * x + dx] === true ? bit : 0), 0)
						],
				).join(''),
			).join('\n')}\n`,
		),
	);
	plant(
		'squares.txt',
		code('squares'),
		Buffer.from(
			`Scan this:\n\n${rows('squares')
				.map((row) => row.map((isDark) => (isDark ? '⬛' : '⬜')).join(''))
				.join('\n')}\n`,
		),
	);
	plant(
		'large-table.html',
		{ kind: 'html' },
		Buffer.from(
			`<html><body><table>${Array.from({ length: 40 }, (_, y) => `<tr>${Array.from({ length: 40 }, (_, x) => `<td bgcolor="${(x * 7 + y * 13) % 5 < 2 ? '#000' : '#fff'}">${x * y}</td>`).join('')}</tr>`).join('')}</table></body></html>`,
		),
	);
}

export function makePictures() {
	makeCodes();
	makeDrawn();
}
