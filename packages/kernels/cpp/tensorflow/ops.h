// The ops, one function a file.
#pragma once

#include "tensorflow/op.h"

namespace pixelrnn {

void register_masked_conv();
void register_chain();
void register_gated_conv();
void register_row_lstm();
void register_diagonal_bilstm();
void register_cross_entropy();
void register_optimisers();

}  // namespace pixelrnn
