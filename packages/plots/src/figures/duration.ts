/** A time in its two largest units: `34 s`, `12 min`, `3 h 20 min`, `2 d 3 h`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  const [count, large, rest, small] =
    minutes < 24 * 60
      ? [Math.floor(minutes / 60), 'h', minutes % 60, 'min']
      : [Math.floor(hours / 24), 'd', hours % 24, 'h'];
  return rest === 0 ? `${count} ${large}` : `${count} ${large} ${rest} ${small}`;
}
