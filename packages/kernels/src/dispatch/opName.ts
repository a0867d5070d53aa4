/** The name under which TensorFlow.js knows an operation, and TensorFlow the custom op. */
export function opName(name: string): string {
  return `Pixelrnn${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
