/** Optimiser, rate, clipping and schedule of a training, as tables show them: `adam 0.012, clipped at 300, cosine`. */
export function optimizerText({
  optimizer,
  learningRate,
  clipNorm,
  schedule,
}: Record<string, unknown>): string {
  const clipped = typeof clipNorm === 'number' ? [`clipped at ${clipNorm}`] : [];
  return [`${optimizer} ${learningRate}`, ...clipped, schedule].join(', ');
}
