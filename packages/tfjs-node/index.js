// The engine that @pixelrnn/engine loads serves this copy too: see `overrides` in pnpm-workspace.yaml.
module.exports = require('@tensorflow/tfjs');
