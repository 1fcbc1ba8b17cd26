(** * The dimension argument

    Take N orthonormal vectors and a subspace of dimension r: the squared distances of
    the vectors from the subspace sum to at least N - r.

    The same for a random vector with finitely many values: what N dimensions leave of
    its mean square is at least that less the N largest eigenvalues of its second moment,
    and the eigenvectors of these reach the bound. It is the claim dimension-argument of
    the book where the Hilbert space is R^n and w takes finitely many values.

    Proved over every real field, in MathComp's matrices, whose rows are the vectors. The
    distance is an infimum over the subspace, so that the theorems are stated for whatever
    points of the subspace one takes. That the eigenvalues exist is not proved here. *)

From mathcomp Require Import all_ssreflect all_algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.POrderTheory GRing.Theory Num.Theory.
Open Scope ring_scope.

Section Dimension.

Variable R : realFieldType.

(** The sum of the squares of all entries of a matrix *)
Definition squares m n (A : 'M[R]_(m, n)) : R := \sum_i \sum_j A i j ^+ 2.

(** Rows are orthonormal. *)
Definition orthonormal m n (A : 'M[R]_(m, n)) : Prop := A *m A^T = 1%:M.

(** ** Squares and traces *)

Lemma squares_trace m n (A : 'M[R]_(m, n)) : squares A = \tr (A *m A^T).
Proof.
apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _.
by rewrite mxE expr2.
Qed.

Lemma squares_ge0 m n (A : 'M[R]_(m, n)) : 0 <= squares A.
Proof. by apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma squares_eq0 m n (A : 'M[R]_(m, n)) : squares A = 0 -> A = 0.
Proof.
move=> A0; apply/matrixP => i j; rewrite mxE.
have row0 : \sum_j A i j ^+ 2 = 0.
  apply: (psumr_eq0P _ A0) => // k _.
  by apply: sumr_ge0 => l _; apply: sqr_ge0.
have /eqP : A i j ^+ 2 = 0.
  by apply: (psumr_eq0P _ row0) => // k _; apply: sqr_ge0.
by rewrite sqrf_eq0 => /eqP.
Qed.

(** ** The projector on the rows of a free matrix B is B^T (B B^T)^-1 B *)

Lemma gram_unit r n (B : 'M[R]_(r, n)) : row_free B -> B *m B^T \in unitmx.
Proof.
move=> freeB; rewrite -row_free_unit -kermx_eq0.
set x := kermx _; have x0 : x *m (B *m B^T) = 0 by apply: mulmx_ker.
have /squares_eq0 /eqP : squares (x *m B) = 0.
  by rewrite squares_trace trmx_mul mulmxA -(mulmxA x) x0 mul0mx mxtrace0.
by rewrite mulmx_free_eq0.
Qed.

Definition projector r n (B : 'M[R]_(r, n)) : 'M[R]_n :=
  B^T *m invmx (B *m B^T) *m B.

Section Projector.

Variables (r n : nat) (B : 'M[R]_(r, n)).
Hypothesis freeB : row_free B.
Let P := projector B.

Lemma projector_sym : P^T = P.
Proof.
by rewrite /P /projector !trmx_mul trmxK trmx_inv trmx_mul trmxK mulmxA.
Qed.

Lemma projector_fixes m (W : 'M[R]_(m, n)) : (W <= B)%MS -> W *m P = W.
Proof.
case/submxP => C ->; rewrite /P /projector !mulmxA -(mulmxA C).
by rewrite mulmxK ?gram_unit.
Qed.

Lemma projector_idem : P *m P = P.
Proof. by apply: projector_fixes; apply: submxMl. Qed.

Lemma projector_trace : \tr P = r%:R.
Proof. by rewrite /P /projector mxtrace_mulC mulmxA mulmxV ?gram_unit // mxtrace1. Qed.

End Projector.

(** ** Symmetric idempotent matrices *)

Section Idempotent.

Variables (n : nat) (P : 'M[R]_n).
Hypotheses (symP : P^T = P) (idemP : P *m P = P).

Lemma squares_idem m (A : 'M[R]_(m, n)) : squares (A *m P) = \tr (A *m P *m A^T).
Proof. by rewrite squares_trace trmx_mul symP mulmxA -(mulmxA A) idemP. Qed.

(** Pythagoras: what P takes from A, and what is left *)
Lemma squares_split m (A : 'M[R]_(m, n)) :
  squares A = squares (A *m P) + squares (A - A *m P).
Proof.
rewrite !squares_trace linearB /= trmx_mul symP mulmxBl !mulmxBr.
rewrite !(mulmxA _ P) -(mulmxA A P P) idemP subrr subr0 -raddfD /=.
by rewrite addrC subrK.
Qed.

End Idempotent.

(** What P holds of orthonormal vectors is at most its trace: the difference is what
    the projector Q on their span leaves of P. *)
Lemma squares_held m n (E : 'M[R]_(m, n)) (P : 'M[R]_n) :
  orthonormal E -> P^T = P -> P *m P = P -> squares (E *m P) <= \tr P.
Proof.
move=> onE symP idemP; pose Q := E^T *m E.
have symQ : Q^T = Q by rewrite trmx_mul trmxK.
have idemQ : Q *m Q = Q by rewrite mulmxA -(mulmxA E^T) onE mulmx1.
have trP : \tr P = squares P by rewrite squares_trace symP idemP.
have heldP : squares (E *m P) = squares (P *m Q).
  rewrite (squares_idem symP idemP) (squares_idem symQ idemQ) symP.
  rewrite -(mulmxA E) mxtrace_mulC -(mulmxA P E^T) -/Q.
  by rewrite [RHS]mxtrace_mulC (mulmxA P P) idemP.
by rewrite heldP trP (squares_split symQ idemQ P) ler_addl squares_ge0.
Qed.

(** ** The theorem *)

(** The rows of E are the N vectors e_i, those of V span the subspace, and the rows w_i
    of W are any points of it. *)
Theorem dimension_argument m n k (E W : 'M[R]_(m, n)) (V : 'M[R]_(k, n)) :
  orthonormal E -> (W <= V)%MS ->
  m%:R - (\rank V)%:R <= squares (E - W).
Proof.
move=> onE subW; set B := row_base V.
have freeB : row_free B by apply: row_base_free.
have fixW : W *m projector B = W.
  by apply: projector_fixes => //; rewrite eq_row_base.
have symP := projector_sym B; have idemP := projector_idem freeB.
rewrite (squares_split symP idemP) mulmxBl fixW.
have -> : E - W - (E *m projector B - W) = E - E *m projector B.
  by rewrite opprB addrA subrK.
have lenE : squares E = m%:R by rewrite squares_trace onE mxtrace1.
rewrite -lenE (squares_split symP idemP E).
rewrite addrAC ler_add2r (le_trans _ (squares_ge0 _)) // subr_le0.
by rewrite -(projector_trace freeB) squares_held.
Qed.

(** More than N - r is false: one vector in its own span. *)
Theorem one_more_is_false :
  ~ forall m n k (E W : 'M[R]_(m, n)) (V : 'M[R]_(k, n)),
    orthonormal E -> (W <= V)%MS ->
    m%:R - (\rank V)%:R + 1 <= squares (E - W).
Proof.
move=> /(_ 1%N 1%N 1%N 1%:M 1%:M 1%:M); rewrite /orthonormal trmx1 mulmx1.
move=> /(_ erefl (submx_refl _)); rewrite mxrank1 !subrr add0r.
by rewrite squares_trace trmx0 mulmx0 mxtrace0 ler10.
Qed.

(** ** A random vector instead of equally likely orthonormal ones *)

(** E |x|^2 of a random vector x that is the row k of X with probability p_k *)
Definition mean_square m n (p : 'rV[R]_m) (X : 'M[R]_(m, n)) : R :=
  \sum_k p 0 k * \sum_j X k j ^+ 2.

(** Its second moment E x^T x *)
Definition second_moment m n (p : 'rV[R]_m) (X : 'M[R]_(m, n)) : 'M[R]_n :=
  X^T *m diag_mx p *m X.

(** The sum of the first N of n numbers *)
Definition leading n (N : nat) (l : 'rV[R]_n) : R := \sum_(i < n | (i < N)%N) l 0 i.

Lemma squares_row m n (A : 'M[R]_(m, n)) i : squares (row i A) = \sum_j A i j ^+ 2.
Proof. by rewrite /squares big_ord1; apply: eq_bigr => j _; rewrite mxE. Qed.

Lemma squares_row_orthonormal m n (A : 'M[R]_(m, n)) i :
  orthonormal A -> squares (row i A) = 1.
Proof.
move=> onA; have : (A *m A^T) i i = 1 by rewrite onA mxE eqxx.
rewrite squares_row mxE => <-; apply: eq_bigr => j _.
by rewrite mxE expr2.
Qed.

Lemma mean_square_rows m n (p : 'rV[R]_m) (X : 'M[R]_(m, n)) :
  mean_square p X = \sum_k p 0 k * squares (row k X).
Proof. by apply: eq_bigr => k _; rewrite squares_row. Qed.

Lemma mean_square_trace m n (p : 'rV[R]_m) (X : 'M[R]_(m, n)) :
  mean_square p X = \tr (diag_mx p *m (X *m X^T)).
Proof.
apply: eq_bigr => k _; rewrite mul_diag_mx !mxE; congr (_ * _).
by apply: eq_bigr => j _; rewrite mxE expr2.
Qed.

(** It depends on the second moment only. *)
Lemma mean_square_second m n k (p : 'rV[R]_m) (X : 'M[R]_(m, n)) (A : 'M[R]_(n, k)) :
  mean_square p (X *m A) = \tr (A^T *m second_moment p X *m A).
Proof.
rewrite mean_square_trace trmx_mul !mulmxA mxtrace_mulC !mulmxA mxtrace_mulC.
by rewrite /second_moment !mulmxA.
Qed.

Lemma mean_square_axis n (l : 'rV[R]_n) (Q : 'M[R]_n) i :
  orthonormal Q -> mean_square l (Q *m (row i Q)^T) = l 0 i.
Proof.
move=> onQ; rewrite tr_row colE mulmxA onQ mul1mx /mean_square.
rewrite (bigD1 i) //= [X in _ + X]big1 => [|k /negPf ki]; rewrite big_ord1 mxE.
  by rewrite !eqxx expr1n mulr1 addr0.
by rewrite ki expr0n mulr0.
Qed.

Lemma mean_square_ge0 m n (p : 'rV[R]_m) (X : 'M[R]_(m, n)) :
  (forall i, 0 <= p 0 i) -> 0 <= mean_square p X.
Proof.
move=> p0; rewrite mean_square_rows sumr_ge0 // => k _.
by rewrite mulr_ge0 ?squares_ge0.
Qed.

Lemma mean_square_split m n (p : 'rV[R]_m) (X : 'M[R]_(m, n)) (P : 'M[R]_n) :
  P^T = P -> P *m P = P ->
  mean_square p X = mean_square p (X *m P) + mean_square p (X - X *m P).
Proof.
move=> symP idemP; rewrite !mean_square_rows -big_split; apply: eq_bigr => k _.
by rewrite /= (squares_split symP idemP) mulrDr linearB /= row_mul.
Qed.

(** With p_i the squared length that P leaves of the i-th eigenvector, P holds
    sum_i l_i p_i; here p_i <= 1, and their sum is the trace of P. *)
Lemma leading_largest n (N : nat) (l q : 'rV[R]_n) :
  (forall i, 0 <= l 0 i) -> (forall i j : 'I_n, (i <= j)%N -> l 0 j <= l 0 i) ->
  (forall i, 0 <= q 0 i <= 1) -> \sum_i q 0 i <= N%:R ->
  \sum_i l 0 i * q 0 i <= leading N l.
Proof.
move=> l0 sorted q01 sumq; rewrite /leading [X in _ <= X]big_mkcond /= -subr_ge0 -sumrB.
(* the edge: the first number that is left out, 0 if there is none *)
have [c c0 [above below sumc]] : exists2 c : R, 0 <= c &
    [/\ forall i : 'I_n, (i < N)%N -> c <= l 0 i,
        forall i : 'I_n, (N <= i)%N -> l 0 i <= c
      & 0 <= c * \sum_(i < n) ((i < N)%N%:R - q 0 i)].
  case: (ltnP N n) => [ltNn | leNn]; last first.
    exists 0 => //; split=> [i _ | i leNi | ]; rewrite ?mul0r //.
    by have := leq_trans leNn leNi; rewrite leqNgt ltn_ord.
  exists (l 0 (Ordinal ltNn)) => //; split=> [i iN | i Ni | ].
  - by apply: sorted; apply: ltnW.
  - by apply: sorted.
  rewrite mulr_ge0 // sumrB subr_ge0 (le_trans sumq) //.
  rewrite (eq_bigr (fun i : 'I_n => if (i < N)%N then 1 else 0)); last first.
    by move=> i _; case: ifP.
  rewrite -big_mkcond -(big_ord_widen n (fun=> 1)) ?(ltnW ltNn) //.
  by rewrite sumr_const card_ord.
apply: le_trans sumc _; rewrite mulr_sumr; apply: ler_sum => i _.
have /andP[q0 q1] := q01 i; case: (ltnP i N) => [/above | /below] edge.
  by rewrite -[X in _ <= X - _]mulr1 -mulrBr ler_wpmul2r ?subr_ge0.
by rewrite !sub0r mulrN ler_opp2 ler_wpmul2r.
Qed.

(** The rows of Q are orthonormal eigenvectors of the second moment, l its eigenvalues,
    the largest first; the rows of W are any points of the subspace, one for each
    value of the random vector. *)
Theorem dimension_argument_mean m n k (N : nat) (p : 'rV[R]_m) (X W : 'M[R]_(m, n))
    (V : 'M[R]_(k, n)) (Q : 'M[R]_n) (l : 'rV[R]_n) :
  (forall i, 0 <= p 0 i) ->
  orthonormal Q -> second_moment p X = second_moment l Q ->
  (forall i j : 'I_n, (i <= j)%N -> l 0 j <= l 0 i) ->
  (\rank V <= N)%N -> (W <= V)%MS ->
  mean_square p X - leading N l <= mean_square p (X - W).
Proof.
move=> p0 onQ spectral sorted rankV subW.
set B := row_base V; set P := projector B.
have freeB : row_free B by apply: row_base_free.
have symP : P^T = P by apply: projector_sym.
have idemP : P *m P = P by apply: projector_idem.
have fixW : W *m P = W by apply: projector_fixes; rewrite ?eq_row_base.
have same A : mean_square p (X *m A) = mean_square l (Q *m A).
  by rewrite !mean_square_second spectral.
have l0 i : 0 <= l 0 i.
  by rewrite -(mean_square_axis l i onQ) -same mean_square_ge0.
pose q := \row_i squares (row i (Q *m P)).
have q01 i : 0 <= q 0 i <= 1.
  rewrite mxE squares_ge0 /= row_mul -(squares_row_orthonormal i onQ).
  by rewrite (squares_split symP idemP (row i Q)) ler_addl squares_ge0.
have sumq : \sum_i q 0 i <= N%:R.
  have -> : \sum_i q 0 i = squares (Q *m P).
    by apply: eq_bigr => i _; rewrite mxE squares_row.
  rewrite (le_trans (squares_held onQ symP idemP)) //.
  by rewrite projector_trace // ler_nat.
have heldP : mean_square p (X *m P) <= leading N l.
  rewrite same mean_square_rows (le_trans _ (leading_largest l0 sorted q01 sumq)) //.
  by rewrite le_eqVlt; apply/orP; left; apply/eqP/eq_bigr => i _; rewrite [in RHS]mxE.
rewrite (mean_square_split p (X - W) symP idemP) mulmxBl fixW.
have -> : X - W - (X *m P - W) = X - X *m P by rewrite opprB addrA subrK.
rewrite (mean_square_split p X symP idemP) addrAC ler_add2r.
by rewrite (le_trans _ (mean_square_ge0 _ p0)) // subr_le0.
Qed.

(** The bound is reached: by the span of the first N eigenvectors, the rows of V that
    are not 0. *)
Theorem dimension_argument_reached m n (N : nat) (p : 'rV[R]_m) (X : 'M[R]_(m, n))
    (Q : 'M[R]_n) (l : 'rV[R]_n) :
  orthonormal Q -> second_moment p X = second_moment l Q ->
  let V : 'M[R]_n := pid_mx N *m Q in
  (\rank V <= N)%N /\
  exists2 W : 'M[R]_(m, n), (W <= V)%MS
    & mean_square p (X - W) = mean_square p X - leading N l.
Proof.
move=> onQ spectral V; split.
  case: (leqP N n) => [Nn | nN]; last exact: leq_trans (rank_leq_row V) (ltnW nN).
  by rewrite (leq_trans (mxrankM_maxl _ _)) ?rank_pid_mx.
pose P := Q^T *m V.
have idemN : @pid_mx R n n N *m @pid_mx R n n N = pid_mx N.
  by rewrite mul_pid_mx minnn pid_mx_minv.
have VQ : V *m Q^T = pid_mx N by rewrite -mulmxA onQ mulmx1.
have VV : V *m V^T = pid_mx N by rewrite {2}/V trmx_mul mulmxA VQ tr_pid_mx.
have symP : P^T = P by rewrite trmx_mul trmxK trmx_mul tr_pid_mx -mulmxA.
have idemP : P *m P = P.
  by rewrite /P mulmxA -(mulmxA Q^T V) VQ -(mulmxA Q^T) /V (mulmxA (pid_mx N)) idemN.
exists (X *m P); first by rewrite /P mulmxA submxMl.
have heldP : mean_square p (X *m P) = leading N l.
  rewrite mean_square_second spectral -mean_square_second mulmxA onQ mul1mx.
  rewrite mean_square_trace VV /leading [RHS]big_mkcond /=.
  apply: eq_bigr => i _; rewrite mul_diag_mx !mxE eqxx /=.
  by case: ifP => _; rewrite ?mulr1 ?mulr0.
by rewrite (mean_square_split p X symP idemP) heldP addrAC subrr add0r.
Qed.

End Dimension.
