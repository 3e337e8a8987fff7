'use strict';
// tsc emits the JavaScript; this copies what n8n reads beside it: codex files and the icons folder.
const { dest, parallel, src } = require('gulp');

const copyCodex = () => src('nodes/**/*.node.json', { base: '.' }).pipe(dest('dist'));
const copyIcons = () => src('icons/*.svg', { base: '.', encoding: false }).pipe(dest('dist'));

exports.assets = parallel(copyCodex, copyIcons);
exports.default = exports.assets;
